import type { ReactNode } from 'react';
import type { PlantView } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { useText } from '../i18n/text';
import { Unconfirmed } from '../ui/Unconfirmed';
import { lifeText, rangeText } from './figures';

/** Every figure of one component with its source; what nobody has verified is the site's to confirm. */
export function ComponentCard({ component }: { component: PlantView['components'][number] }) {
  const { t, name, word, pick } = useText();
  const { storage, transport, agitation, freeze, out_of_control: out, ml_per_unit: unit } = component;
  const hours = (value: number) => t('hops.hours', { n: formatNumber(value) });
  const minutes = (value: number) => t('catalogue.minutes', { n: formatNumber(value) });
  return (
    <div className="card" data-testid="component" data-component={component.key}>
      <div className="card-head"><h2>{name(component)}</h2><span className="caption mono">{component.key}</span></div>
      <ul className="lines">
        <Figure label={t('catalogue.storage')} of={storage}>{rangeText(storage) ?? t('state.unknown')}</Figure>
        {component.shelf_life.map((life) => <Figure key={life.medium} label={`${t('catalogue.shelfLife')}${life.medium === '' ? '' : pick(`, ${life.medium}`, `（${life.medium}）`)}`} of={life}>{lifeText(t, life.hours)}</Figure>)}
        <Figure label={t('catalogue.transport')} of={transport}>{rangeText(transport) ?? t('state.unknown')}{transport.max_h !== null && ` · ${t('hops.atMost', { n: formatNumber(transport.max_h) })}`}</Figure>
        {agitation !== null && <Figure label={t('catalogue.agitation')} of={agitation}>{[agitation.max_single_gap_h, agitation.max_total_gap_h].map((gap) => (gap === null ? t('state.unknown') : hours(gap))).join(' / ')}</Figure>}
        {freeze !== null && <Figure label={t('catalogue.freeze')} of={freeze}>{t('catalogue.freezeTo', { core: formatTemperature(freeze.core_c, 0), within: minutes(freeze.within_min) })}</Figure>}
        {out !== null && (
          <Figure label={t('catalogue.outOfControl')} of={out}>
            {[
              t('catalogue.returnOk', { n: minutes(out.return_ok_min) }),
              out.quarantine_ok_min === null ? null : t('catalogue.restOk', { n: minutes(out.quarantine_ok_min) }),
              out.quarantine_h === null ? null : t('catalogue.rest', { n: hours(out.quarantine_h) }),
              out.max_events === null ? null : t('catalogue.events', { n: out.max_events }),
              out.max_c === null ? null : `≤ ${formatTemperature(out.max_c, 0)}`,
              out.transfuse_within_h === null ? null : t('catalogue.transfuse', { n: hours(out.transfuse_within_h) }),
            ].filter((part) => part !== null).join(pick('; ', '；'))}
          </Figure>
        )}
        <Figure label={t('catalogue.unit')} of={unit}>{t('common.ml', { n: formatNumber(unit.value) })}</Figure>
      </ul>
      {component.attributes.length > 0 && <p className="chips">{component.attributes.map((one) => <span key={one} className="tag">{word('attribute', one)}</span>)}</p>}
    </div>
  );
}

/** One figure: what it is, how much, who says so. */
function Figure({ label, of, children }: { label: string; of: { source: string; status: string }; children: ReactNode }) {
  return (
    <li data-testid="figure" data-status={of.status}>
      <div className="lines-row"><span className="label">{label}</span><b>{children}</b></div>
      <div className="lines-row"><span className="caption">{of.source}</span><Unconfirmed status={of.status} source={of.source} /></div>
    </li>
  );
}

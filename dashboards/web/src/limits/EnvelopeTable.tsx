import type { Envelope } from '../api/types';
import { formatLimit } from '../format/number';
import { useText, type Text } from '../i18n/text';
import { scaleOf } from '../ui/band';
import { BandGauge } from '../ui/BandGauge';
import { limitsText } from '../ui/bandText';
import { useRowKeys } from '../ui/useRowKeys';
import type { EnvelopeVersions } from './proposal';

interface Props {
  items: readonly EnvelopeVersions[];
  inHand: string | null;
  onChoose: (envelope: string) => void;
}

/** Each range: what holds, the alerts inside it, and what the components that lie there allow. */
export function EnvelopeTable({ items, inHand, onChoose }: Props) {
  const text = useText();
  const { t, word, name } = text;
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('limits.range')}</th>
          <th>{t('limits.inForce')}</th>
          <th>{t('limits.alerts')}</th>
          <th />
          <th>{t('limits.legal')}</th>
          <th>{t('limits.setBy')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {items.map(({ envelope, now, proposed }) => (
          <tr key={envelope} className={`can-open ${envelope === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid={`envelope-${envelope}`} onClick={() => onChoose(envelope)}>
            <td>{word('envelope', envelope)}{proposed.length > 0 && <b className="warning nowrap"> ◆ {t('limits.waiting', { n: proposed.length })}</b>}</td>
            <td className="nowrap"><b>{limitsText(text, now.limits)}</b><span className="caption">{now.version === 0 ? t('limits.plan') : t('limits.version', { n: now.version })}</span></td>
            <td className="nowrap">{alertsText(text, now.limits)}</td>
            <td className="limits-gauge"><BandGauge scale={scaleOf(now.limits)} low={now.limits.min_c} high={now.limits.max_c} alertLow={now.limits.alert_min_c} alertHigh={now.limits.alert_max_c} value={null} /></td>
            <td className="nowrap">{now.legal.components.length === 0 ? <span className="muted">{t('state.none')}</span> : limitsText(text, legalEnvelope(now.legal))}</td>
            <td className="limits-components">{now.legal.components.length === 0 ? <span className="muted">{t('limits.noComponent')}</span> : now.legal.components.map(name).join(text.pick(', ', '、'))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The legal range in the shape of an envelope without alerts. */
export function legalEnvelope(legal: { min_c: number | null; max_c: number | null }): Envelope {
  return { min_c: legal.min_c, max_c: legal.max_c, alert_min_c: null, alert_max_c: null };
}

/** `2.5 … 5.5 °C`; an open side says so. */
export function alertsText({ t }: Pick<Text, 't'>, limits: Envelope): string {
  const side = (value: number | null) => (value === null ? t('limits.open') : formatLimit(value));
  if (limits.alert_min_c === null && limits.alert_max_c === null) return t('state.none');
  return `${side(limits.alert_min_c)} … ${side(limits.alert_max_c)} °C`;
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { coldQueries } from '../api/coldQueries';
import { queries } from '../api/queries';
import type { Province } from '../api/types';
import { formatCover, formatNumber } from '../format/number';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Panel } from '../ui/Panel';
import { HouseTable } from './HouseTable';

/** One component at a time: who holds how much of each group; then what could be sent, and what will go to waste. */
export function BoardView() {
  const text = useText();
  const { t } = text;
  const plant = useQuery(queries.plant());
  const province = useQuery(coldQueries.province());
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Loaded query={province} rows={12}>
      {(data) => {
        const components = [...new Set(data.totals.map((total) => total.component))];
        const component = chosen ?? components[0] ?? '';
        return (
          <>
            <Chips name="component" label={t('desk.component')} value={component} onChange={setChosen} options={components.map((value) => ({ value, label: componentName(text, plant.data, value) }))} />
            <Panel title={t('province.houses')} caption={t('province.caption')}>
              <HouseTable province={data} component={component} />
            </Panel>
            <div className="province-below">
              <Transfers province={data} nameOf={(key) => componentName(text, plant.data, key)} />
              <Expiring province={data} nameOf={(key) => componentName(text, plant.data, key)} />
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

interface PartProps {
  province: Province;
  nameOf: (component: string) => string;
}

function Transfers({ province, nameOf }: PartProps) {
  const { t, name } = useText();
  const site = (id: string) => {
    const found = province.sites.find((one) => one.id === id);
    return found ? name(found) : id;
  };
  return (
    <Panel title={t('province.transfers')}>
      {province.imbalances.length === 0 ? <Empty>{t('province.noTransfers')}</Empty> : (
        <table className="list">
          <thead><tr><th>{t('desk.component')}</th><th>{t('province.from')}</th><th>{t('province.to')}</th><th className="number">{t('desk.bag')}</th></tr></thead>
          <tbody>
            {province.imbalances.map((one) => (
              <tr key={`${one.component}/${one.group}`} data-testid="imbalance">
                <td>{nameOf(one.component)} {formatGroup(one.group)}</td>
                <td>{site(one.from_site)} <small className="muted">{t('province.days', { n: formatCover(one.from_days) })}</small></td>
                <td>{site(one.to_site)} <small className="muted">{t('province.days', { n: formatCover(one.to_days) })}</small></td>
                <td className="number">{t('province.send', { n: formatNumber(one.bags) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Expiring({ province, nameOf }: PartProps) {
  const { t } = useText();
  return (
    <Panel title={t('province.expiring')}>
      {province.near_expiry.length === 0 ? <Empty>{t('province.noExpiring')}</Empty> : (
        <table className="list">
          <thead><tr><th>{t('desk.component')}</th><th className="number">{t('province.expires')}</th><th className="number">{t('province.atRisk')}</th><th className="number">{t('province.first')}</th></tr></thead>
          <tbody>
            {province.near_expiry.map((one) => (
              <tr key={`${one.component}/${one.group}`} data-testid="near-expiry" className={one.at_risk > 0 ? 'at-risk' : ''}>
                <td>{nameOf(one.component)} {formatGroup(one.group)} <small className="muted">{t('province.within', { n: formatNumber(one.horizon_days) })}</small></td>
                <td className="number">{formatNumber(one.expiring)}</td>
                <td className="number">{one.at_risk > 0 ? `◆ ${formatNumber(one.at_risk)}` : formatNumber(0)}</td>
                <td className="number">{t('province.days', { n: formatCover(one.first_days) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

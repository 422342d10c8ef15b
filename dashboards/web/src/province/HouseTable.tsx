import type { HeldCell, Province, StockHouse, StockTotal } from '../api/types';
import { formatGroup, speakGroup } from '../format/blood';
import { formatCover, formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { PHASE_MARK } from '../overview/phases';
import { Moment } from '../ui/Moment';

/** Houses down, groups across: bags and days of cover. What nobody told is unknown, and what is old looks old. */
export function HouseTable({ province, component }: { province: Province; component: string }) {
  const { t } = useText();
  const totals = province.totals.filter((total) => total.component === component);
  const groups = totals.map((total) => total.group);
  return (
    <div className="table-scroll">
      <table className="list houses">
        <thead>
          <tr><th />{groups.map((group) => <th key={group} className="number">{formatGroup(group)}</th>)}</tr>
        </thead>
        <tbody>
          <tr className="houses-kind"><th colSpan={groups.length + 1}>{t('province.sites')}</th></tr>
          {province.sites.map((house) => <HouseRow key={house.id} house={house} component={component} groups={groups} />)}
          <tr className="houses-total">
            <th scope="row">{t('province.total')}</th>
            {totals.map((total) => <TotalCell key={total.group} total={total} />)}
          </tr>
          <tr className="houses-kind"><th colSpan={groups.length + 1}>{t('province.hospitals')}</th></tr>
          {province.hospitals.map((house) => <HouseRow key={house.id} house={house} component={component} groups={groups} />)}
        </tbody>
      </table>
    </div>
  );
}

function HouseRow({ house, component, groups }: { house: StockHouse; component: string; groups: readonly string[] }) {
  const { t, name } = useText();
  return (
    <tr className={house.fresh ? '' : 'stale'} data-testid={`house-${house.id}`}>
      <th scope="row">
        {name(house)}
        <small className="muted"> {house.own ? t('province.own') : house.at === null ? t('province.never') : <><Moment at={house.at} />{!house.fresh && ` · ${t('province.old')}`}</>}</small>
      </th>
      {groups.map((group) => <Cell key={group} house={name(house)} group={group} cell={house.cells.find((one) => one.component === component && one.group === group)} />)}
    </tr>
  );
}

function Cell({ house, group, cell }: { house: string; group: string; cell: HeldCell | undefined }) {
  const { t, language } = useText();
  if (cell === undefined) return <td className="number muted" title={t('province.unknown')}>{t('state.none')}</td>;
  const days = cell.days === null ? t('province.noUse') : t('province.days', { n: formatCover(cell.days) });
  const label = t('province.cell', { house, group: speakGroup(group, language), bags: t('common.bagsN', { n: formatNumber(cell.bags) }), days });
  return (
    <td className={`number ${cell.phase === null ? '' : `phase-${cell.phase}`}`} aria-label={label} title={label}>
      {formatNumber(cell.bags)}
      <small>{cell.days !== null && days} {cell.phase !== null && PHASE_MARK[cell.phase]}</small>
    </td>
  );
}

function TotalCell({ total }: { total: StockTotal }) {
  const { t } = useText();
  return (
    <td className="number">
      {formatNumber(total.bags)}
      <small>{total.days !== null && t('province.days', { n: formatCover(total.days) })}</small>
    </td>
  );
}

import { Link } from 'react-router';
import type { StockCell, StockRow } from '../api/types';
import { formatGroup, speakGroup } from '../format/blood';
import { formatCover, formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { PHASE_MARK } from './phases';

/** The bar ends where cover is well above the target. */
const BAR_TARGETS = 1.6;

/** Days of cover of one group, its three thresholds and its phase; opens the bags that make the number. */
export function StockCellView({ row, cell }: { row: StockRow; cell: StockCell }) {
  const { t, name, word, language } = useText();
  const { plan } = row;
  const end = plan.target_days * BAR_TARGETS;
  const percent = (days: number) => `${Math.max(0, Math.min(100, (days / end) * 100))}%`;
  const label = t(cell.days === null ? 'stock.cellUnknown' : 'stock.cell', {
    component: name(row),
    group: speakGroup(cell.group, language),
    days: cell.days === null ? '' : formatCover(cell.days),
    bags: formatNumber(cell.bags),
    phase: word('phase', cell.phase),
  });
  return (
    <Link
      to={`/bags?status=AVAILABLE&component=${encodeURIComponent(row.component)}&group=${encodeURIComponent(cell.group)}`}
      className={`stock-cell phase-${cell.phase}`}
      data-testid={`stock-cell-${row.component}-${cell.group}`}
      data-phase={cell.phase}
      aria-label={label}
      title={`${row.component} ${formatGroup(cell.group)} · ${t('common.bagsN', { n: formatNumber(cell.bags) })}`}
    >
      <span className="stock-value">
        {cell.days === null ? t('state.none') : formatCover(cell.days)}
        {PHASE_MARK[cell.phase] && <i className="phase-mark" aria-hidden>{PHASE_MARK[cell.phase]}</i>}
      </span>
      <span className="stock-bar" aria-hidden>
        {cell.days !== null && <u style={{ width: percent(cell.days) }} />}
        {[plan.red_days, plan.amber_days, plan.preamber_days].map((days) => <s key={days} style={{ left: percent(days) }} />)}
      </span>
    </Link>
  );
}

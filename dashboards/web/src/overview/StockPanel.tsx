import { Fragment } from 'react';
import type { StockRow } from '../api/types';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Panel } from '../ui/Panel';
import { PhaseLegend } from './PhaseLegend';
import { StockCellView } from './StockCellView';
import './stock.css';

/** Days of cover of each component and group, each in its phases. */
export function StockPanel({ rows }: { rows: StockRow[] }) {
  const { t, name } = useText();
  const groups = rows[0]?.cells.map((cell) => cell.group) ?? [];
  return (
    <Panel title={t('stock.title')} caption={<PhaseLegend />} className="board-stock">
      {rows.length === 0 && <Empty>{t('stock.empty')}</Empty>}
      <div className="stock" style={{ gridTemplateColumns: `var(--board-label) repeat(${groups.length}, minmax(0, 1fr))` }}>
        <span />
        {groups.map((group) => <span key={group} className="stock-group">{formatGroup(group)}</span>)}
        {rows.map((row) => (
          <Fragment key={row.component}>
            <div className="stock-component" title={row.component}>
              <span className="ellipsis">{name(row)}</span>
              <small>{t('stock.plan', { days: formatNumber(row.plan.target_days, row.plan.target_days % 1 === 0 ? 0 : 1) })}</small>
            </div>
            {row.cells.map((cell) => <StockCellView key={cell.group} row={row} cell={cell} />)}
          </Fragment>
        ))}
      </div>
    </Panel>
  );
}

import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { Loaded } from '../ui/Loaded';
import { AlarmsPanel } from './AlarmsPanel';
import { ColdChainPanel } from './ColdChainPanel';
import { CompletenessPanel } from './CompletenessPanel';
import { FlowPanel } from './FlowPanel';
import { OrdersPanel } from './OrdersPanel';
import { StockPanel } from './StockPanel';
import './overview.css';

/** The board: stock, what is wrong, how cold, who waits, what moves, and whether all of it is known. */
export default function OverviewScreen() {
  const overview = useQuery(queries.overview());
  return (
    <div className="board">
      <Loaded query={overview} rows={12}>
        {(data) => (
          <>
            <StockPanel rows={data.stock} />
            <AlarmsPanel counts={data.alarms.counts} top={data.alarms.top} />
            <ColdChainPanel chambers={data.chambers} alarms={data.alarms.top} />
            <OrdersPanel orders={data.orders} />
            <FlowPanel flow={data.flow} />
            <CompletenessPanel completeness={data.completeness} />
          </>
        )}
      </Loaded>
    </div>
  );
}

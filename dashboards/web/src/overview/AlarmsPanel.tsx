import { Link } from 'react-router';
import type { Alarm, AlarmCount } from '../api/types';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Panel } from '../ui/Panel';
import { PriorityMark } from '../ui/PriorityMark';
import { AlarmLine } from './AlarmLine';
import './alarms.css';

/** Open alarms: how many of each priority, then the ones that matter most. */
export function AlarmsPanel({ counts, top }: { counts: AlarmCount[]; top: Alarm[] }) {
  const { t, word } = useText();
  const open = counts.reduce((sum, count) => sum + count.open, 0);
  const unacknowledged = counts.reduce((sum, count) => sum + count.unacknowledged, 0);
  return (
    <Panel title={t('alarms.open')} caption={open > 0 ? t('alarms.unacknowledged', { n: unacknowledged }) : undefined} className="board-alarms">
      <div className="counts">
        {counts.map((count) => (
          <div key={count.priority} className={count.open === 0 ? 'count-none' : ''}>
            <PriorityMark priority={count.priority} acknowledged={count.unacknowledged === 0} size={22} />
            <b>{count.open}</b>
            <small>{word('priority', String(count.priority))}</small>
          </div>
        ))}
      </div>
      {open === 0 && <Empty>{t('alarms.none')}</Empty>}
      <div className="alarm-lines">
        {top.map((alarm) => <AlarmLine key={alarm.id} alarm={alarm} />)}
      </div>
      {open > 0 && <Link to="/alarms" className="alarm-more">{t('alarms.every')} <b>{open}</b></Link>}
    </Panel>
  );
}

import type { Alarm, Chamber } from '../api/types';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Panel } from '../ui/Panel';
import { ChamberView } from './ChamberView';
import './cold.css';

/** Each chamber in its band, beside the others. A priority 1 alarm of its place turns it critical. */
export function ColdChainPanel({ chambers, alarms }: { chambers: Chamber[]; alarms: Alarm[] }) {
  const { t } = useText();
  const critical = new Set(alarms.filter((alarm) => alarm.priority === 1 && alarm.active !== false).map((alarm) => alarm.place));
  return (
    <Panel title={t('cold.title')} caption={t('cold.caption')} className="board-cold">
      {chambers.length === 0 && <Empty>{t('cold.empty')}</Empty>}
      <div className="cold">
        {chambers.map((chamber) => <ChamberView key={chamber.device} chamber={chamber} critical={critical.has(chamber.place)} />)}
      </div>
    </Panel>
  );
}

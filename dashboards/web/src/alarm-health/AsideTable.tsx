import { Link } from 'react-router';
import type { AlarmHealth } from '../api/types';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Moment } from '../ui/Moment';
import { PriorityMark } from '../ui/PriorityMark';

const KINDS = ['stale', 'shelved', 'suppressed', 'out_of_service'] as const;

/** What nobody hears now, and until when: nothing is set aside without being listed. */
export function AsideTable({ health }: { health: AlarmHealth }) {
  const { t, pick, name } = useText();
  const rows = KINDS.flatMap((kind) => health[kind].map((one) => ({ kind, one })));
  const suspended = health.suspended.filter((one) => one.ended_at === null);
  if (rows.length === 0 && suspended.length === 0) return <Empty>{t('alarmHealth.nothing')}</Empty>;
  return (
    <table className="list">
      <thead><tr><th>{t('alarmHealth.alarm')}</th><th>{t('alarmHealth.kind')}</th><th>{t('desk.since')}</th><th>{t('alarmHealth.until')}</th></tr></thead>
      <tbody>
        {suspended.map((one) => (
          <tr key={one.id} data-testid="aside" data-kind="suspended">
            <td><b className="warning">◆</b> {name(one)}</td>
            <td>{t('alarmHealth.kind.suspended')}</td>
            <td><Moment at={one.from_at} /></td>
            <td><Moment at={one.until} /></td>
          </tr>
        ))}
        {rows.map(({ kind, one }) => (
          <tr key={`${kind}/${one.alarm}`} data-testid="aside" data-kind={kind}>
            <td><PriorityMark priority={one.priority} /> <Link to={`/alarms?id=${encodeURIComponent(one.alarm)}`}>{pick(one.title_en, one.title_zh)}</Link> <small className="muted mono">{one.source}</small></td>
            <td>{t(`alarmHealth.kind.${kind}`)}</td>
            <td><Moment at={one.since} /></td>
            <td><Moment at={one.until} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

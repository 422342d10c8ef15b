import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api } from '../api/client';
import { coldQueries } from '../api/coldQueries';
import type { Suspension } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_ANSWER_ALARMS, useWriteRefusal } from '../shell/useWriteRefusal';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { Split } from '../ui/Split';
import { SuspendForm } from './SuspendForm';

/** Where nobody is called now, who answers for it and until when; and the form that suspends. */
export function SuspensionsView() {
  const { t } = useText();
  const suspensions = useQuery(coldQueries.suspensions());
  return (
    <>
      <p className="caption">{t('suspend.note')}</p>
      <Split label={t('suspend.do')} side={<div className="card"><SuspendForm /></div>}>
        <div className="table-scroll">
          <Loaded query={suspensions} rows={4}>
            {({ items }) => items.length === 0 ? <Empty>{t('suspend.none')}</Empty> : <SuspensionTable items={items} />}
          </Loaded>
        </div>
      </Split>
    </>
  );
}

function SuspensionTable({ items }: { items: readonly Suspension[] }) {
  const { t, name, word } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ANSWER_ALARMS);
  const end = useMutation({
    mutationFn: (id: string) => api.post(`/suspensions/${encodeURIComponent(id)}/end`, {}),
    onSuccess: () => {
      for (const key of ['suspensions', 'alarms', 'alarm', 'overview', 'cold-chain']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <>
      <table className="list">
        <thead><tr><th>{t('suspend.device')}</th><th>{t('suspend.reason')}</th><th>{t('desk.since')}</th><th>{t('alarmHealth.until')}</th><th>{t('suspend.checklist')}</th><th>{t('desk.who')}</th><th /></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id} data-testid="suspension" className={one.ended_at === null ? '' : 'muted'}>
              <td>{one.ended_at === null && <b className="warning">◆ </b>}{name(one)}</td>
              <td>{one.reason}</td>
              <td><Moment at={one.from_at} /></td>
              <td><Moment at={one.ended_at ?? one.until} /></td>
              <td>{t('suspend.moved')} {word('stockMoved', one.stock_moved)}{one.second_probe !== null && ` · ${one.second_probe}`}{one.watch !== null && ` · ${one.watch}`}</td>
              <td>{one.started_by}</td>
              <td>{one.ended_at === null && <Button size="small" data-testid="suspension-end" disabled={forbidden !== null} title={forbidden ?? ''} loading={end.isPending && end.variables === one.id} onClick={() => end.mutate(one.id)}>{t('suspend.end')}</Button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Refusal error={end.error} />
    </>
  );
}

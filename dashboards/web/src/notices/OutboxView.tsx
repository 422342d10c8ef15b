import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import type { NoticeState } from '../api/types';
import { alarmTitle } from '../alarms/wording';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { NoticeCard } from './NoticeCard';
import { NoticeTable } from './NoticeTable';
import { useAlarmNames } from './useAlarmNames';

const STATES = ['all', 'given_up', 'failed', 'queued', 'sent', 'withdrawn'] as const satisfies readonly (NoticeState | 'all')[];

/** Every message, newest first, and the one in hand beside the list with its proof. */
export function OutboxView() {
  const text = useText();
  const { t } = text;
  const [params, setParams] = useSearchParams();
  const [state, setState] = useState<(typeof STATES)[number]>('all');
  const alarm = params.get('alarm');
  const names = useAlarmNames();
  const about = alarm === null ? undefined : names.get(alarm);
  const notices = useQuery(coldQueries.notices({ ...(alarm === null ? {} : { alarm }), ...(state === 'all' ? {} : { state }), limit: '200' }));
  const choose = (id: string) => setParams({ ...(alarm === null ? {} : { alarm }), notice: id }, { replace: true });
  return (
    <Loaded query={notices} rows={10}>
      {({ items }) => {
        const chosen = params.get('notice');
        const inHand = items.find(({ id }) => id === chosen) ?? items[0] ?? null;
        return (
          <Split label={t('desk.inHand')} side={inHand === null ? <p className="muted">{t('notices.pick')}</p> : <NoticeCard key={inHand.id} notice={inHand} alarm={inHand.alarm === null ? undefined : names.get(inHand.alarm)} />}>
            <div className="row">
              <Chips name="notice-state" label={t('desk.state')} value={state} onChange={setState} options={STATES.map((value) => ({ value, label: t(`notices.state.${value}`) }))} />
              {alarm !== null && <button type="button" className="chip" aria-pressed onClick={() => setParams({}, { replace: true })}>{about === undefined ? alarm : alarmTitle(text, about)} ✕</button>}
            </div>
            <div className="table-scroll">{items.length === 0 ? <Empty>{t('notices.none')}</Empty> : <NoticeTable items={items} names={names} inHand={inHand?.id ?? null} onChoose={choose} />}</div>
          </Split>
        );
      }}
    </Loaded>
  );
}

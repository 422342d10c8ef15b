import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api } from '../api/client';
import { coldQueries } from '../api/coldQueries';
import type { Notice, NoticeChannel } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { MAY_TEST_CHANNELS, useWriteRefusal } from '../shell/useWriteRefusal';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { channelAnswer } from './channelAnswer';
import { NoticeMark } from './NoticeMark';

/** Each way to reach people, how it fares, and a test message; where it leads stands nowhere but in the settings. */
export function ChannelsView() {
  const { t } = useText();
  const channels = useQuery(coldQueries.channels());
  return (
    <>
      <p className="caption">{t('channels.note')}</p>
      <Loaded query={channels} rows={4}>
        {({ items }) => (
          <>
            {items.every(({ kind, state }) => kind === 'wall' || state === 'removed') && <p className="high" data-testid="channels-wall-only">▲ {t('channels.wallOnly')}</p>}
            <div className="table-scroll">
              <table className="list">
                <thead>
                  <tr>
                    <th>{t('notices.channel')}</th>
                    <th>{t('desk.state')}</th>
                    <th>{t('channels.people')}</th>
                    <th className="number">{t('channels.waiting')}</th>
                    <th>{t('channels.lastOk')}</th>
                    <th>{t('channels.lastFailed')}</th>
                    <th>{t('notices.detail')}</th>
                    <th>{t('channels.test')}</th>
                  </tr>
                </thead>
                <tbody>{items.map((channel) => <ChannelRow key={channel.name} channel={channel} />)}</tbody>
              </table>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function ChannelRow({ channel }: { channel: NoticeChannel }) {
  const text = useText();
  const { t, word } = text;
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_TEST_CHANNELS);
  const refused = channel.state === 'removed' ? t('channels.removedNote') : forbidden;
  const test = useMutation({
    mutationFn: () => api.post<Notice>(`/channels/${encodeURIComponent(channel.name)}/test`, {}),
    onSettled: () => {
      for (const key of ['channels', 'notices']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const answer = useQuery({ ...coldQueries.notice(test.data?.id ?? ''), enabled: test.data !== undefined });
  const sent = answer.data ?? test.data;
  return (
    <tr data-testid={`channel-${channel.name}`} data-state={channel.state}>
      <td>{word('channelName', channel.name)} <span className="label">{channel.kind !== 'wall' && word('channelKind', channel.kind)}</span></td>
      <td className="nowrap"><ChannelMark state={channel.state} /></td>
      <td>{channel.people.length === 0 ? <span className="muted">{t('channels.everybody')}</span> : channel.people.join(', ')}</td>
      <td className="number">{channel.waiting === 0 ? <span className="muted">0</span> : <b>{formatNumber(channel.waiting)}</b>}</td>
      <td><Moment at={channel.last_ok} full={channel.last_ok !== null} /></td>
      <td><Moment at={channel.last_failed} full={channel.last_failed !== null} /></td>
      <td className="channel-detail">{channelAnswer(text, channel.detail) || <span className="muted">{t('state.none')}</span>}</td>
      <td>
        <span className="row">
          <Button size="small" data-testid={`channel-test-${channel.name}`} disabled={refused !== null} title={refused ?? ''} loading={test.isPending} onClick={() => test.mutate()}>{t('channels.send')}</Button>
          {sent && <span role="status"><NoticeMark notice={sent} /></span>}
        </span>
        <Refusal error={test.error} />
      </td>
    </tr>
  );
}

/** How a channel fares: only one that fails has colour; one that was never tried vouches for nothing. */
function ChannelMark({ state }: { state: NoticeChannel['state'] }) {
  const { word } = useText();
  if (state === 'failing') return <b className="high">▲ {word('channelState', state)}</b>;
  if (state === 'untried') return <b className="warning">◆ {word('channelState', state)}</b>;
  return <span className="label">{state === 'working' && '✓ '}{word('channelState', state)}</span>;
}

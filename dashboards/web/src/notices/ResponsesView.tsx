import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { alarmPlace, alarmTitle } from '../alarms/wording';
import { coldQueries } from '../api/coldQueries';
import type { Alarm, AlarmResponse, ResponseList } from '../api/types';
import { formatNumber } from '../format/number';
import { formatLeft, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { PriorityMark } from '../ui/PriorityMark';
import { useAlarmNames } from './useAlarmNames';

/** Who acted on each alarm and how long it took, in the last thirty days; what nobody has acted on stands out. */
export function ResponsesView() {
  const { t } = useText();
  const found = useQuery(coldQueries.responses());
  const names = useAlarmNames();
  return (
    <Loaded query={found} rows={8}>
      {({ items, by_priority }) => (
        <>
          <Summary rows={by_priority} />
          <div className="table-scroll">
            {items.length === 0 ? <Empty>{t('answers.none')}</Empty> : (
              <table className="list">
                <thead>
                  <tr>
                    <th>{t('notices.about')}</th>
                    <th>{t('answers.began')}</th>
                    <th>{t('answers.by')}</th>
                    <th>{t('answers.act')}</th>
                    <th className="number">{t('answers.took')}</th>
                    <th className="number">{t('answers.steps')}</th>
                    <th className="number">{t('answers.repeats')}</th>
                  </tr>
                </thead>
                <tbody>{items.map((one) => <ResponseRow key={one.id} response={one} alarm={names.get(one.alarm)} />)}</tbody>
              </table>
            )}
          </div>
        </>
      )}
    </Loaded>
  );
}

function Summary({ rows }: { rows: ResponseList['by_priority'] }) {
  const { t, language } = useText();
  const minutes = (value: number | null) => (value === null ? t('state.none') : formatLeft(value * MINUTE_MS, language));
  return (
    <div className="answers-summary">
      {rows.map((row) => (
        <div key={row.priority} className="answers-priority" data-testid={`answers-${row.priority}`}>
          <PriorityMark priority={row.priority} acknowledged size={22} />
          <b className="answers-median">{minutes(row.median_min)}</b>
          <span className="caption">{t('answers.median')} · {t('answers.worst', { time: minutes(row.worst_min) })}</span>
          <span className="label">{t('answers.of', { answered: formatNumber(row.answered), climbs: formatNumber(row.climbs) })}</span>
          {row.unanswered > 0 && <b className="warning">◆ {t('answers.waiting', { n: formatNumber(row.unanswered) })}</b>}
        </div>
      ))}
    </div>
  );
}

function ResponseRow({ response, alarm }: { response: AlarmResponse; alarm: Alarm | undefined }) {
  const text = useText();
  const { t, word, language } = text;
  const open = response.ended_at === null;
  return (
    <tr data-testid="answer-row" data-open={open}>
      <td>
        <span className="row">
          <PriorityMark priority={response.priority} acknowledged={!open} size={18} />
          <Link to={`/alarms?id=${encodeURIComponent(response.alarm)}`}>{alarm === undefined ? response.condition : alarmTitle(text, alarm)}</Link>
          <span className="caption">{alarm === undefined ? response.source : alarmPlace(text, alarm)}</span>
        </span>
      </td>
      <td><Moment at={response.begun_at} /></td>
      <td>{open ? <b className="warning">◆ {t('answers.nobodyYet')}</b> : (response.acted_by ?? <span className="muted">{t('answers.nobody')}</span>)}</td>
      <td>{response.act === null ? <span className="muted">{t('state.none')}</span> : word('climbAct', response.act)}</td>
      <td className="number">{response.minutes === null ? t('state.none') : formatLeft(response.minutes * MINUTE_MS, language)}</td>
      <td className="number">{response.steps}</td>
      <td className="number">{response.repeats}</td>
    </tr>
  );
}

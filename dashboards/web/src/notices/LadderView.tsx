import { useQuery } from '@tanstack/react-query';
import { coldQueries } from '../api/coldQueries';
import type { LadderList, Rota } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { PriorityMark } from '../ui/PriorityMark';

type Ladder = LadderList['ladders'][number];

/** For each priority who is told after how many minutes, and who that would be now. */
export function LadderView() {
  const { t } = useText();
  const ladder = useQuery(coldQueries.ladder());
  const rota = useQuery(coldQueries.rota());
  return (
    <div className="ladder-scroll">
      <p className="caption">{t('ladder.note')}</p>
      <Loaded query={ladder} rows={8}>{({ ladders }) => <div className="ladders">{ladders.map((one) => <LadderOf key={one.priority} ladder={one} rota={rota.data} />)}</div>}</Loaded>
    </div>
  );
}

function LadderOf({ ladder, rota }: { ladder: Ladder; rota: Rota | undefined }) {
  const { t, word, pick } = useText();
  const peopleNow = (who: string) => rota?.on_duty.find(({ position }) => position === who)?.people.join(', ');
  return (
    <section className="panel" data-testid={`ladder-${ladder.priority}`}>
      <div className="panel-head">
        <h2 className="row"><PriorityMark priority={ladder.priority} acknowledged size={22} />{t('ladder.priority', { n: ladder.priority })}</h2>
      </div>
      <ol className="ladder-steps">
        {ladder.steps.map((step) => (
          <li key={`${step.after_min} ${step.who}`}>
            <b className="number">{step.after_min === 0 ? t('ladder.atOnce') : t('ladder.after', { n: formatNumber(step.after_min) })}</b>
            <span>{pick(step.who_en, step.who_zh)}{peopleNow(step.who) && <span className="label"> · {t('ladder.nowIs', { who: peopleNow(step.who) ?? '' })}</span>}</span>
            <span className="caption">{step.channels.includes('*') ? t('ladder.allChannels') : step.channels.map((channel) => word('channelName', channel)).join(', ')}</span>
          </li>
        ))}
      </ol>
      <p className="label">{ladder.repeat_every_min === null ? t('ladder.noRepeat') : t('ladder.repeat', { n: formatNumber(ladder.repeat_every_min) })}</p>
      <p className="label">{ladder.quiet === null ? t('ladder.noQuiet') : t('ladder.quiet', { from: ladder.quiet.from_time, to: ladder.quiet.to_time })}</p>
    </section>
  );
}

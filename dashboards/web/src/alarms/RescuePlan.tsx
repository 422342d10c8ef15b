import type { Rescue } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatNumber } from '../format/number';
import { formatLeft, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { usePlaceNames } from '../plant/usePlaceNames';
import { FitMark } from './FitMark';
import { barOf, slotName } from './rescueWish';

const PERSON = 'person';
const SHOWN_MOVES = 200;

/** Where the blood could go: whether that fits the time, who works how long, each move in its order, and what has no way out. */
export function RescuePlan({ plan }: { plan: Rescue }) {
  const { t, pick, name, language } = useText();
  const names = usePlaceNames();
  const minutes = (value: number) => formatLeft(Math.ceil(value) * MINUTE_MS, language);
  const left = plan.minutes_left === null ? t('state.unknown') : formatLeft(plan.minutes_left * MINUTE_MS, language);
  const most = Math.max(plan.minutes_needed, plan.minutes_left ?? 0);
  const machineName = (device: string) => {
    const machine = plan.machines.find((one) => one.device === device);
    return machine ? name(machine) : device === PERSON ? t('rescue.person') : device;
  };
  return (
    <>
      <p data-testid="rescue-sentence">{pick(plan.sentence_en, plan.sentence_zh)}</p>
      <p className="row"><b><FitMark fits={plan.fits} family="rescue.fits" /></b><span className="label">{t('rescue.against', { needed: minutes(plan.minutes_needed), left })}</span></p>
      <WorkBar needed={plan.minutes_needed} left={plan.minutes_left} most={most} />
      {plan.machines.length > 0 && (
        <>
          <h3>{t('rescue.byMachine')}</h3>
          <div className="rescue-machines">
            {plan.machines.map((machine) => (
              <div key={machine.device} style={{ display: 'contents' }} data-testid="rescue-machine">
                <span>{name(machine)}</span>
                <WorkBar needed={machine.minutes} left={plan.minutes_left} most={most} />
                <span className="number">{minutes(machine.minutes)} · {t('common.bagsN', { n: formatNumber(machine.bags) })}</span>
              </div>
            ))}
          </div>
        </>
      )}
      {plan.moves.length > 0 && (
        <>
          <h3>{t('rescue.moves')}</h3>
          <div className="table-scroll">
            <table className="list">
              <thead><tr><th>{t('desk.bag')}</th><th>{t('rescue.to')}</th><th>{t('rescue.by')}</th><th className="number">{t('rescue.ends')}</th></tr></thead>
              <tbody>
                {plan.moves.slice(0, SHOWN_MOVES).map((move) => (
                  <tr key={move.bag} data-testid="rescue-move">
                    <td><BagLink bag={move.bag} /><span className="caption">{t('rescue.from')} {slotName(names, move.from_place)}</span></td>
                    <td>{slotName(names, move.to_place)}</td>
                    <td>{machineName(move.by)}</td>
                    <td className="number">{minutes(move.ends_min)}<span className="caption"><FitMark fits={move.fits} family="rescue.fit" /></span></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {plan.moves.length > SHOWN_MOVES && <p className="caption">{t('desk.shown', { shown: SHOWN_MOVES, n: formatNumber(plan.moves.length) })}</p>}
        </>
      )}
      {plan.unplaced.length > 0 && (
        <>
          <h3>▲ {t('rescue.unplaced')}: {t('common.bagsN', { n: formatNumber(plan.unplaced.length) })}</h3>
          <UnplacedList items={plan.unplaced} />
        </>
      )}
    </>
  );
}

/** Bags that stay where they are, each with why in words. */
export function UnplacedList({ items }: { items: Rescue['unplaced'] }) {
  const { t, word } = useText();
  return (
    <>
      <ul className="stake-list">
        {items.slice(0, SHOWN_MOVES).map(({ bag, reason }) => <li key={bag} data-testid="rescue-unplaced"><BagLink bag={bag} /> <span className="label">{word('unplaced', reason)}</span></li>)}
      </ul>
      {items.length > SHOWN_MOVES && <p className="caption">{t('desk.shown', { shown: SHOWN_MOVES, n: formatNumber(items.length) })}</p>}
    </>
  );
}

/** Work as a bar against the end of the time; the same numbers stand beside it in words. */
function WorkBar({ needed, left, most }: { needed: number; left: number | null; most: number }) {
  const { work, end } = barOf(needed, left, most);
  return (
    <span className="rescue-bar" aria-hidden>
      <i className={left !== null && needed > left ? 'critical' : ''} style={{ width: `${work}%` }} />
      {end !== null && <u style={{ left: `${end}%` }} />}
    </span>
  );
}

import { Link } from 'react-router';
import type { FloorState } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { PriorityMark } from '../ui/PriorityMark';
import type { Unit } from './units';

/** Diagnostics of the unit in hand: what stands there, what its machines say, and what is wrong. */
export function UnitPanel({ unit, floor }: { unit: Unit; floor: FloorState }) {
  const { t, name, word, pick } = useText();
  const path = unit.place.path;
  const here = floor.waiting.filter((wait) => wait.from_place === path || wait.from_place.startsWith(`${path}/`));
  const statuses = Object.entries(unit.statuses).sort(([, a], [, b]) => b - a);
  return (
    <section className="floor-panel" data-testid="floor-unit">
      <h2>{name(unit.place)}</h2>
      {unit.alarm && (
        <Link className="floor-alarm" to={`/alarms?id=${encodeURIComponent(unit.alarm.id)}`}>
          <PriorityMark priority={unit.alarm.priority} acknowledged={!unit.alarm.state.includes('unacknowledged')} />
          <span>{pick(unit.alarm.title_en, unit.alarm.title_zh)}</span>
        </Link>
      )}
      {unit.machine && (
        <dl className="floor-facts">
          <dt>{t('floor.does')}</dt>
          <dd data-state={unit.machine.now.state}>{word('machineState', unit.machine.now.state)}</dd>
          {unit.machine.now.state_text && <><dt>{t('floor.says')}</dt><dd>{unit.machine.now.state_text}</dd></>}
          {unit.machine.now.waits_en !== null && <><dt>{t('floor.why')}</dt><dd>{pick(unit.machine.now.waits_en, unit.machine.now.waits_zh ?? '')}</dd></>}
          {unit.machine.now.job && <><dt>{t('floor.job')}</dt><dd className="mono">{unit.machine.now.job}</dd></>}
        </dl>
      )}
      <dl className="floor-facts">
        {statuses.map(([status, bags]) => [<dt key={status}>{word('status', status)}</dt>, <dd key={`${status} n`}>{formatNumber(bags)}</dd>])}
        {statuses.length === 0 && <dt>{t('floor.empty')}</dt>}
      </dl>
      <Link to={`/bags?place=${encodeURIComponent(path)}`}>{t('floor.bagsHere')}</Link>
      {here.length > 0 && <WaitingList waiting={here} />}
    </section>
  );
}

const SHOWN = 8;

/** What moves wait for, most common reason first, with the bags that it holds up. */
export function WaitingList({ waiting }: { waiting: FloorState['waiting'] }) {
  const { t, pick } = useText();
  const reasons = new Map<string, FloorState['waiting']>();
  for (const wait of waiting) {
    const sentence = pick(wait.waits_for_en, wait.waits_for_zh);
    reasons.set(sentence, [...(reasons.get(sentence) ?? []), wait]);
  }
  const sorted = [...reasons].sort(([, a], [, b]) => b.length - a.length);
  return (
    <div className="floor-waiting">
      <h3>{t('floor.waiting', { n: waiting.length })}</h3>
      <ul>
        {sorted.slice(0, SHOWN).map(([sentence, held]) => (
          <li key={sentence}>
            <b>{held.length}</b>
            <span>
              {sentence}{' '}
              {held.slice(0, 3).map((wait) => <Link key={wait.task} className="mono" to={`/bags/${encodeURIComponent(wait.bag)}`}>{wait.bag.slice(7, 13)} </Link>)}
              {held.length > 3 && '…'}
            </span>
          </li>
        ))}
      </ul>
      {sorted.length > SHOWN && <Link to="/tasks">{t('floor.allMoves')}</Link>}
    </div>
  );
}

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
          <PriorityMark priority={unit.alarm.priority} acknowledged={unit.alarm.state !== 'unacknowledged'} />
          <span>{pick(unit.alarm.title_en, unit.alarm.title_zh)}</span>
        </Link>
      )}
      {unit.devices.map((device) => (
        <dl key={device.id} className="floor-facts">
          <dt>{name(device)}</dt>
          <dd data-state={device.now?.state ?? 'unknown'}>{word('machineState', device.now?.state ?? 'unknown')}</dd>
          {device.now?.state_text && <><dt>{t('floor.says')}</dt><dd>{device.now.state_text}</dd></>}
          {device.now?.job && <><dt>{t('floor.job')}</dt><dd className="mono">{device.now.job}</dd></>}
        </dl>
      ))}
      <dl className="floor-facts">
        {statuses.map(([status, bags]) => [<dt key={status}>{word('status', status)}</dt>, <dd key={`${status} n`}>{formatNumber(bags)}</dd>])}
        {statuses.length === 0 && <dt>{t('floor.empty')}</dt>}
      </dl>
      <Link to={`/bags?place=${encodeURIComponent(path)}`}>{t('floor.bagsHere')}</Link>
      {here.length > 0 && <WaitingList waiting={here} />}
    </section>
  );
}

/** Moves that wait, each with the sentence that says for what. */
export function WaitingList({ waiting }: { waiting: FloorState['waiting'] }) {
  const { t, pick } = useText();
  return (
    <div className="floor-waiting">
      <h3>{t('floor.waiting', { n: waiting.length })}</h3>
      <ul>
        {waiting.slice(0, 12).map((wait) => (
          <li key={wait.task}>
            <Link className="mono" to={`/bags/${encodeURIComponent(wait.bag)}`}>{wait.bag.slice(7, 13)}</Link>
            <span>{pick(wait.waits_for_en, wait.waits_for_zh)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

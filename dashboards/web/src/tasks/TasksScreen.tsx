import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Fragment, useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { Task, TaskState } from '../api/types';
import { formatDin } from '../format/blood';
import { formatAge, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { ByHandPanel } from './ByHandPanel';
import { placeName } from './placeName';
import { StepDots, TaskWay } from './TaskWay';
import './TasksScreen.css';

const FILTERS: readonly TaskState[] = ['waiting', 'sent', 'failed', 'done'];
const SHOWN = 200;

/** What machines and people are asked to move, and what each task waits for. */
export default function TasksScreen() {
  const { t, word, name } = useText();
  const [state, setState] = useState<TaskState | undefined>(undefined);
  const tasks = useQuery(queries.tasks(state));
  const plant = useQuery(queries.plant());
  const [inHand, setInHand] = useState<Task | null>(null);
  const [taken, setTaken] = useState(0);
  const take = (task: Task) => {
    setInHand(task);
    setTaken(taken + 1);
  };
  const places = new Map(plant.data?.places.map((place) => [place.path, name(place)]));
  const devices = new Map(plant.data?.devices.map((device) => [device.id, name(device)]));
  const portals = new Map(plant.data?.portals.map((portal) => [portal.id, name(portal)]));
  return (
    <div className="page tasks-page">
      <div className="title-row">
        <h1>{t('tasks.title')}</h1>
        <span className="grow" />
        <button type="button" className="chip" aria-pressed={state === undefined} onClick={() => setState(undefined)}>{t('common.all')}</button>
        {FILTERS.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={state === one} onClick={() => setState(one)}>{word('taskState', one)}</button>
        ))}
      </div>
      <div className="tasks-side">
        <div className="table-scroll">
          <Loaded query={tasks} rows={10}>
            {(data) =>
              data.items.length === 0 ? (
                <Empty>{t('tasks.none')}</Empty>
              ) : (
                <TaskTable tasks={data.items.slice(0, SHOWN)} places={places} devices={devices} portals={portals} inHand={inHand?.id ?? null} onTake={take} />
              )
            }
          </Loaded>
        </div>
        <ByHandPanel key={taken} task={inHand} places={places} onLeaveTask={() => setInHand(null)} />
      </div>
    </div>
  );
}

interface TableProps {
  tasks: Task[];
  places: ReadonlyMap<string, string>;
  devices: ReadonlyMap<string, string>;
  portals: ReadonlyMap<string, string>;
  inHand: string | null;
  onTake: (task: Task) => void;
}

function TaskTable({ tasks, places, devices, portals, inHand, onTake }: TableProps) {
  const { t, word, pick, language } = useText();
  const now = useDomainNow();
  const [shown, setShown] = useState<string | null>(null);
  const end = (task: Task) => (task.ended_at === null ? (now ?? instant(task.created_at)) : instant(task.ended_at));
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('tasks.bag')}</th>
          <th>{t('tasks.kind')}</th>
          <th>{t('tasks.from')}</th>
          <th>{t('tasks.to')}</th>
          <th>{t('tasks.device')}</th>
          <th>{t('tasks.state')}</th>
          <th>{t('tasks.waits')}</th>
          <th className="number">{t('tasks.age')}</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => (
          <Fragment key={task.id}>
          <tr className={[task.state === 'failed' && 'task-failed', task.id === inHand && 'task-in-hand'].filter(Boolean).join(' ')} data-testid="task-row" data-task-id={task.id} data-state={task.state}>
            <td><Link className="mono task-bag" to={`/bags/${encodeURIComponent(task.bag)}`}>{formatDin(task.bag.split('-')[0] ?? task.bag)}</Link><span className="caption mono">{task.bag.split('-')[1]}</span></td>
            <td className="nowrap">{word('purpose', task.purpose)}</td>
            <td>{placeName(task.from_place, places)}</td>
            <td>{task.to_place === null ? <span className="muted">{t('state.none')}</span> : placeName(task.to_place, places)}</td>
            <td>{task.device === null && task.steps.length === 0 ? <span className="muted">{t('tasks.byHand')}</span> : <StepDots task={task} devices={devices} open={task.id === shown} onToggle={() => setShown(task.id === shown ? null : task.id)} />}</td>
            <td className="nowrap">{task.state === 'failed' && '▲ '}{word('taskState', task.state)}</td>
            <td className="label">{pick(task.waits_for_en ?? '', task.waits_for_zh ?? '')}</td>
            <td className="number">{formatAge(end(task) - instant(task.created_at), language)}</td>
            <td className="number">
              {task.ended_at === null && <Button className="task-hand" size="small" data-testid="task-by-hand" aria-pressed={task.id === inHand} onClick={() => onTake(task)}>{t('tasks.doByHand')}</Button>}
            </td>
          </tr>
          {task.id === shown && <tr className="task-way"><td colSpan={9}><TaskWay task={task} places={places} devices={devices} portals={portals} /></td></tr>}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

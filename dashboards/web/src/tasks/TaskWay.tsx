import type { Task } from '../api/types';
import { useText } from '../i18n/text';
import { placeName } from './placeName';

type Names = ReadonlyMap<string, string>;

interface DotsProps {
  task: Task;
  devices: Names;
  open: boolean;
  onToggle: () => void;
}

/** The way of a move as one mark for each step, and the machine whose turn it is; a press shows the whole way. */
export function StepDots({ task, devices, open, onToggle }: DotsProps) {
  const { t } = useText();
  const at = task.steps.findIndex(({ state }) => state === 'sent' || state === 'waiting');
  const step = at < 0 ? task.steps.length : at + 1;
  const now = task.steps[at]?.device ?? task.device ?? task.steps.at(-1)?.device ?? '';
  return (
    <button type="button" className="step-dots" aria-expanded={open} aria-label={t('tasks.showWay')} title={t('tasks.stepOf', { n: step, all: task.steps.length })} data-testid="task-steps" onClick={onToggle}>
      <span className="step-marks" aria-hidden>{task.steps.map((one, index) => <i key={index} data-state={one.state} />)}</span>
      <span>{devices.get(now) ?? now}</span>
    </button>
  );
}

interface WayProps {
  task: Task;
  places: Names;
  devices: Names;
  portals: Names;
}

/** Every step of a move: which machine takes the bag from where to where, and which portal sees it. */
export function TaskWay({ task, places, devices, portals }: WayProps) {
  const { t, word } = useText();
  if (task.steps.length === 0) return <p className="caption task-steps">{t('tasks.noWay')}</p>;
  return (
    <ol className="task-steps">
      {task.steps.map((step, index) => (
        <li key={index} data-state={step.state} data-testid="task-step">
          <i data-state={step.state} aria-hidden />
          <span>
            <b>{devices.get(step.device) ?? step.device}</b> <span className="label">{step.state === 'failed' && '▲ '}{word('stepState', step.state)}</span>
            <span className="caption">{placeName(step.from_place, places)} → {placeName(step.to_place, places)}{step.portal !== null && ` · ${t('tasks.through', { portal: portals.get(step.portal) ?? step.portal })}`}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Task } from '../api/types';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { useShortcuts } from '../shell/useShortcuts';
import { Panel } from '../ui/Panel';
import { Refusal } from '../ui/Refusal';
import { FIELDS, FREE_ACTS, NO_SCANS, perform, type ManualAct, type Outcome, type ScanField, type Scans } from './manualActs';
import { placeName } from './placeName';
import './ByHandPanel.css';

interface Props {
  /** The task a person finishes instead of a machine; null when a bag is scanned without one. */
  task: Task | null;
  places: ReadonlyMap<string, string>;
  onLeaveTask: () => void;
}

/** Where a portal, a crane or the gate cannot do it: scan the bag, scan the place. Each scan goes to the next field. */
export function ByHandPanel({ task, places, onLeaveTask }: Props) {
  const { t, word } = useText();
  const client = useQueryClient();
  const refused = useWriteRefusal(MAY_WORK_BY_HAND);
  const [free, setFree] = useState<ManualAct>('receive');
  const [scans, setScans] = useState<Scans>(NO_SCANS);
  const inputs = useRef<Partial<Record<ScanField, InputRef | null>>>({});
  const act = task === null ? free : 'complete';
  const fields = FIELDS[act];
  const next = fields.find((field) => scans[field].trim() === '');
  const start = () => inputs.current.din?.focus({ cursor: 'all' });
  useShortcuts({ scan: start });
  useEffect(() => {
    if (task !== null) inputs.current.din?.focus();
  }, [task]);
  const doIt = useMutation({
    mutationFn: () => perform(act, scans, task),
    // Nothing of one bag may be left in the fields when the next one is scanned.
    onSettled: () => {
      setScans(NO_SCANS);
      start();
    },
    onSuccess: () => {
      if (task !== null) onLeaveTask();
      for (const key of ['tasks', 'bags', 'overview']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const goOn = () => {
    if (next !== undefined) inputs.current[next]?.focus();
    else if (!doIt.isPending) doIt.mutate();
  };
  const choose = (one: ManualAct) => {
    setFree(one);
    setScans(NO_SCANS);
    doIt.reset();
    if (task !== null) onLeaveTask();
  };
  return (
    <Panel title={t('hand.title')} className="hand" caption={task !== null && <button type="button" className="hand-leave" onClick={onLeaveTask}>{t('common.cancel')}</button>}>
      <div className="hand-acts">
        {FREE_ACTS.map((one) => (
          <button key={one} type="button" className="chip" data-testid={`hand-${one}`} aria-pressed={act === one} onClick={() => choose(one)}>{word('hand', one)}</button>
        ))}
      </div>
      {task === null ? <p className="label">{word('handWhat', act)}</p> : <TaskInHand task={task} places={places} />}
      <div className="hand-form">
        {fields.map((field) => (
          <label key={field} className="hand-field">
            <span>{word('handField', field)}</span>
            <Input
              ref={(input) => {
                inputs.current[field] = input;
              }}
              data-testid={`hand-${field}`}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              placeholder={word('handHint', field)}
              value={scans[field]}
              disabled={refused !== null}
              onPressEnter={goOn}
              onChange={(event) => setScans({ ...scans, [field]: event.target.value })}
            />
            {field === 'place' && scans.place.trim() !== '' && <span className="caption">{placeName(scans.place.trim(), places)}</span>}
          </label>
        ))}
        <Button type="primary" size="large" block data-testid="hand-do" disabled={refused !== null || next !== undefined} loading={doIt.isPending} onClick={goOn}>{word('handDo', act)}</Button>
      </div>
      {(refused !== null || next !== undefined) && <p className="caption">{t('state.notNow')}{refused ?? t('hand.scanNext', { field: word('handField', next ?? 'din') })}</p>}
      <Refusal error={doIt.error} />
      {doIt.data && <HandOutcome outcome={doIt.data} places={places} />}
    </Panel>
  );
}

/** The move that waits for hands: which bag, from where, to where. */
function TaskInHand({ task, places }: { task: Task; places: ReadonlyMap<string, string> }) {
  const { t, word } = useText();
  return (
    <dl className="hand-task" data-testid="hand-task" data-task-id={task.id}>
      <dt>{word('purpose', task.kind)}</dt>
      <dd className="mono">{formatDin(task.bag.split('-')[0] ?? task.bag)}<br />{task.bag.split('-')[1]}</dd>
      <dt>{t('tasks.from')}</dt>
      <dd>{placeName(task.from_place, places)}<span className="caption mono">{task.from_place}</span></dd>
      <dt>{t('tasks.to')}</dt>
      <dd>{task.to_place === null ? t('hand.anySlot') : placeName(task.to_place, places)}{task.to_place !== null && <span className="caption mono">{task.to_place}</span>}</dd>
    </dl>
  );
}

function HandOutcome({ outcome, places }: { outcome: Outcome; places: ReadonlyMap<string, string> }) {
  const { word, pick } = useText();
  const { said, bag } = outcome;
  const link = bag !== null && <Link className="mono nowrap" to={`/bags/${encodeURIComponent(bag)}`}>{formatDin(bag.split('-')[0] ?? bag)}</Link>;
  if (said === null) {
    return (
      <p className="hand-outcome" role="status" data-testid="hand-outcome" data-passed="true">
        ✓ {link} {word('handDone', outcome.act)} {outcome.place !== null && placeName(outcome.place, places)}
      </p>
    );
  }
  return (
    <div className={`hand-outcome ${said.accepted ? '' : 'high'}`} role={said.accepted ? 'status' : 'alert'} data-testid="hand-outcome" data-passed={said.accepted}>
      <p>{said.accepted ? '✓' : '▲'} {link} {pick(said.detail_en, said.detail_zh)}</p>
      {said.next_en !== null && <p className="label">{pick(said.next_en, said.next_zh ?? said.next_en)}</p>}
      {said.code !== null && <code className="caption mono">{said.code}</code>}
    </div>
  );
}

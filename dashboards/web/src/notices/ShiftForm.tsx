import { AutoComplete, Button, Input } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { coldQueries } from '../api/coldQueries';
import type { Rota } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_PLAN, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { knownPeople, NEW_SHIFT, POSITIONS, shiftOf, textOf, WEEKDAYS, type ShiftText } from './rota';
import { useRotaChange, withEntry } from './useRotaChange';

const LEAST_REASON = 3;

/** One turn: new, or one of the rota to change or take out. */
export function ShiftForm({ rota, index, onDone }: { rota: Rota; index: number | null; onDone: () => void }) {
  const { t, word } = useText();
  const forbidden = useWriteRefusal(MAY_PLAN);
  const channels = useQuery(coldQueries.channels());
  const chosen = index === null ? undefined : rota.shifts[index];
  const [text, setText] = useState<ShiftText>(() => (chosen === undefined ? NEW_SHIFT : textOf(chosen)));
  const [reason, setReason] = useState('');
  const save = useRotaChange(rota, onDone);
  const change = (part: Partial<ShiftText>) => setText({ ...text, ...part });
  const wish = shiftOf(text);
  const unreasoned = reason.trim().length < LEAST_REASON ? t('desk.reasonNeeded') : null;
  const refused = forbidden ?? (typeof wish === 'string' ? t(`rota.missing.${wish}`) : unreasoned);
  const people = knownPeople(rota.shifts.flatMap((shift) => [shift.person, shift.substitute]), rota.on_duty.flatMap((duty) => duty.people), channels.data?.items.flatMap((channel) => channel.people) ?? []).map((value) => ({ value }));
  const toggle = (day: number) => change({ weekdays: text.weekdays.includes(day) ? text.weekdays.filter((one) => one !== day) : [...text.weekdays, day] });
  return (
    <div className="card" data-testid="shift-form">
      <h2>{t(chosen === undefined ? 'rota.newTurn' : 'rota.changeTurn')}</h2>
      <div className="field">
        <span>{t('rota.position')}</span>
        <Chips name="shift-position" label={t('rota.position')} value={text.position} onChange={(position) => change({ position })} options={POSITIONS.map((value) => ({ value, label: word('position', value) }))} />
      </div>
      <div className="field-row">
        <Field label={t('rota.person')}><AutoComplete data-testid="shift-person" value={text.person} onChange={(person: string) => change({ person })} options={people} /></Field>
        <Field label={t('rota.substituteMaybe')}><AutoComplete data-testid="shift-substitute" value={text.substitute} onChange={(substitute: string) => change({ substitute })} options={people} /></Field>
      </div>
      <div className="field">
        <span>{t('rota.days')}</span>
        <div className="chips" role="group" aria-label={t('rota.days')}>
          {WEEKDAYS.map((day) => <button key={day} type="button" className="chip" data-testid={`shift-day-${day}`} aria-pressed={text.weekdays.includes(day)} onClick={() => toggle(day)}>{word('weekday', String(day))}</button>)}
        </div>
      </div>
      <div className="field-row">
        <Field label={t('rota.fromTime')}><Input data-testid="shift-from" value={text.from} onChange={(event) => change({ from: event.target.value })} /></Field>
        <Field label={t('rota.toTime')}><Input data-testid="shift-to" value={text.to} onChange={(event) => change({ to: event.target.value })} /></Field>
      </div>
      <p className="caption">{t('rota.timesNote', { zone: rota.timezone })}</p>
      <Field label={t('desk.reason')}><Input.TextArea rows={2} maxLength={500} data-testid="shift-reason" value={reason} onChange={(event) => setReason(event.target.value)} /></Field>
      <div className="row">
        <Button type="primary" data-testid="shift-save" disabled={refused !== null} loading={save.isPending} onClick={() => typeof wish !== 'string' && save.mutate({ shifts: withEntry(rota.shifts, index, wish), reason: reason.trim() })}>{t(chosen === undefined ? 'rota.addTurn' : 'rota.save')}</Button>
        {chosen !== undefined && <Button data-testid="shift-remove" disabled={(forbidden ?? unreasoned) !== null} loading={save.isPending} onClick={() => save.mutate({ shifts: withEntry(rota.shifts, index, null), reason: reason.trim() })}>{t('rota.remove')}</Button>}
        {chosen !== undefined && <Button onClick={onDone}>{t('common.cancel')}</Button>}
      </div>
      {refused !== null && <p className="caption">{t('state.notNow')}{refused}</p>}
      <Refusal error={save.error} />
    </div>
  );
}

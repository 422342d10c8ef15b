import { AutoComplete, Button, Input } from 'antd';
import { useState } from 'react';
import type { Absence, Rota } from '../api/types';
import { useText } from '../i18n/text';
import { toInstant } from '../recall/siteTime';
import { MAY_PLAN, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { knownPeople } from './rota';
import { useRotaChange, withEntry } from './useRotaChange';

const LEAST_REASON = 3;

/** Somebody is away for a time, and the substitute stands in; or one of these taken back. */
export function AbsenceForm({ rota, index, onDone }: { rota: Rota; index: number | null; onDone: () => void }) {
  const { t } = useText();
  const forbidden = useWriteRefusal(MAY_PLAN);
  const chosen = index === null ? undefined : rota.absences[index];
  const [person, setPerson] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const save = useRotaChange(rota, onDone);
  const fromAt = toInstant(from, rota.timezone);
  const toAt = toInstant(to, rota.timezone);
  const unreasoned = reason.trim().length < LEAST_REASON ? t('desk.reasonNeeded') : null;
  const missing = person.trim() === '' ? t('rota.missing.person') : fromAt === null || toAt === null || toAt <= fromAt ? t('rota.missing.period') : unreasoned;
  const refused = forbidden ?? (chosen === undefined ? missing : unreasoned);
  const add = () => {
    if (fromAt === null || toAt === null) return;
    const absence: Absence = { person: person.trim(), from_at: fromAt, to_at: toAt, reason: reason.trim() };
    save.mutate({ absences: withEntry(rota.absences, null, absence), reason: reason.trim() });
  };
  return (
    <div className="card" data-testid="absence-form">
      <h2>{t(chosen === undefined ? 'rota.newAbsence' : 'rota.takeBackAbsence')}</h2>
      {chosen === undefined ? (
        <>
          <Field label={t('rota.person')}><AutoComplete data-testid="absence-person" value={person} onChange={setPerson} options={knownPeople(rota.shifts.flatMap((shift) => [shift.person, shift.substitute])).map((value) => ({ value }))} /></Field>
          <div className="field-row">
            <Field label={t('rota.fromAt')}><Input type="datetime-local" data-testid="absence-from" value={from} onChange={(event) => setFrom(event.target.value)} /></Field>
            <Field label={t('rota.toAt')}><Input type="datetime-local" data-testid="absence-to" value={to} onChange={(event) => setTo(event.target.value)} /></Field>
          </div>
          <p className="caption">{t('rota.zone', { zone: rota.timezone })}</p>
        </>
      ) : <p>{chosen.person} · <Moment at={chosen.from_at} full /> – <Moment at={chosen.to_at} full /></p>}
      <Field label={t('desk.reason')}><Input.TextArea rows={2} maxLength={200} data-testid="absence-reason" value={reason} onChange={(event) => setReason(event.target.value)} /></Field>
      <div className="row">
        {chosen === undefined
          ? <Button type="primary" data-testid="absence-save" disabled={refused !== null} loading={save.isPending} onClick={add}>{t('rota.addAbsence')}</Button>
          : <Button type="primary" data-testid="absence-remove" disabled={refused !== null} loading={save.isPending} onClick={() => save.mutate({ absences: withEntry(rota.absences, index, null), reason: reason.trim() })}>{t('rota.remove')}</Button>}
        <Button onClick={onDone}>{t('common.cancel')}</Button>
      </div>
      {refused !== null && <p className="caption">{t('state.notNow')}{refused}</p>}
      <Refusal error={save.error} />
    </div>
  );
}

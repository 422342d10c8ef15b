import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { coldQueries } from '../api/coldQueries';
import type { Duty, DutyDetail, DutyTimes } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { useText } from '../i18n/text';
import { MAY_ANSWER_ALARMS, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { TimeChooser, useMoment } from '../ui/TimeChooser';
import { DutyMark } from './DutyMark';
import { isPast, wishOf, type DutyText, type Missing } from './dutyWish';

const MISSING: Record<Missing, 'duties.valueNeeded' | 'duties.choose' | 'duties.commentNeeded'> = {
  value: 'duties.valueNeeded',
  choose: 'duties.choose',
  comment: 'duties.commentNeeded',
};

/** One duty in hand: what it asks for, and the form that records it. */
export function DutyCard({ duty, times }: { duty: Duty; times: DutyTimes }) {
  const { t, word, name } = useText();
  const detail = useQuery(coldQueries.duty(duty.id));
  return (
    <div className="card" data-testid="duty-card">
      <h2>{word('dutyKind', duty.kind)}</h2>
      <p>{name(duty)} · {duty.day} · <DutyMark state={duty.state} /></p>
      {duty.state === 'waiting' && <p className="caption">{t('duties.notYet')} <Moment at={duty.opens_at} /></p>}
      {duty.done_at !== null && <p className="caption">{duty.done_by} · <Moment at={duty.done_at} /></p>}
      {duty.state !== 'waiting' && duty.state !== 'done' && <Loaded query={detail} rows={4}>{(found) => <DutyForm duty={found} times={times} />}</Loaded>}
    </div>
  );
}

function DutyForm({ duty, times }: { duty: DutyDetail; times: DutyTimes }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_ANSWER_ALARMS);
  const [startedAt, setStartedAt] = useMoment();
  const [text, setText] = useState<Omit<DutyText, 'startedAt'>>({ value: '', probe: null, outcome: null, method: null, comment: '' });
  const wish = wishOf(duty, { ...text, startedAt });
  const missing = typeof wish === 'string' ? t(MISSING[wish]) : null;
  const done = useMutation({
    mutationFn: () => api.post(`/duties/${encodeURIComponent(duty.id)}/done`, wish as object),
    onSuccess: () => {
      for (const key of ['duties', 'duty', 'duty-records']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const refused = forbidden ?? missing;
  return (
    <>
      {!isPast(duty) && duty.kind === 'reading' && <ReadingFields duty={duty} text={text} onChange={(part) => setText({ ...text, ...part })} />}
      {!isPast(duty) && duty.kind === 'alarm_test' && (
        <>
          <p className="caption">{t('duties.testNote', { n: times.alarm_test_window_min })}</p>
          <TestFields text={text} onChange={(part) => setText({ ...text, ...part })} />
          <TimeChooser label={t('duties.began')} at={startedAt} onChange={setStartedAt} />
        </>
      )}
      {!isPast(duty) && duty.kind === 'min_max' && <Ranges duty={duty} />}
      <Field label={t('duties.comment')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="duty-comment" value={text.comment} onChange={(event) => setText({ ...text, comment: event.target.value })} />
      </Field>
      <div className="row">
        <Button type="primary" data-testid="duty-do" disabled={refused !== null} loading={done.isPending} onClick={() => done.mutate()}>{t(isPast(duty) ? 'duties.do.missed' : `duties.do.${duty.kind}`)}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      {done.error && <Refusal error={done.error} />}
    </>
  );
}

interface FieldsProps {
  text: Omit<DutyText, 'startedAt'>;
  onChange: (part: Partial<DutyText>) => void;
}

function ReadingFields({ duty, text, onChange }: FieldsProps & { duty: DutyDetail }) {
  const { t } = useText();
  return (
    <>
      <Field label={t('duties.value')}>
        <Input data-testid="duty-value" inputMode="decimal" autoComplete="off" value={text.value} onChange={(event) => onChange({ value: event.target.value })} />
      </Field>
      {duty.probes.length > 1 && (
        <div className="field">
          <span>{t('duties.beside')}</span>
          <Chips name="probe" label={t('duties.beside')} value={text.probe ?? ''} onChange={(probe) => onChange({ probe })} options={duty.probes.map((value) => ({ value, label: value }))} />
        </div>
      )}
    </>
  );
}

function TestFields({ text, onChange }: FieldsProps) {
  const { t, word } = useText();
  return (
    <>
      <div className="field">
        <span>{t('duties.method')}</span>
        <Chips name="method" label={t('duties.method')} value={text.method ?? ''} onChange={(method) => method !== '' && onChange({ method })} options={(['warmed', 'cooled', 'simulated', 'other'] as const).map((value) => ({ value, label: word('testMethod', value) }))} />
      </div>
      <div className="field">
        <span>{t('duties.outcome')}</span>
        <Chips name="outcome" label={t('duties.outcome')} value={text.outcome ?? ''} onChange={(outcome) => outcome !== '' && onChange({ outcome })} options={(['passed', 'failed'] as const).map((value) => ({ value, label: word('dutyOutcome', value) }))} />
      </div>
    </>
  );
}

function Ranges({ duty }: { duty: DutyDetail }) {
  const { t } = useText();
  const value = (celsius: number | null) => (celsius === null ? t('duties.unknown') : formatTemperature(celsius));
  return (
    <>
      <p className="caption">{t('duties.signNote')}</p>
      <ul className="plain" data-testid="duty-ranges">
        {duty.ranges.map((range) => (
          <li key={range.probe}>
            <span className="mono">{range.probe}</span> {value(range.min_c)} … {value(range.max_c)}
            {range.outside && <b className="high"> ▲ {t('duties.outside')}</b>}
            {range.gap_minutes > 0 && <b className="warning"> ◆ {t('duties.gap', { n: formatNumber(range.gap_minutes) })}</b>}
          </li>
        ))}
      </ul>
    </>
  );
}

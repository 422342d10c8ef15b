import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { BloodGroup, Patient, PatientClass, AboPhenotype } from '../api/types';
import { GROUPS } from '../bags/vocabulary';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { MAY_RECEIVE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';

const CLASSES = ['unknown', 'child', 'childbearing', 'other'] as const satisfies readonly PatientClass[];
const PHENOTYPES = ['ordinary', 'bombay'] as const satisfies readonly AboPhenotype[];
const LEAST_PSEUDONYM = 3;

/** What is known of a patient; what is not named is not known. Never a name: the warehouse refuses one. */
export function PatientForm({ patient, onDone }: { patient: Patient | null; onDone: (pseudonym: string) => void }) {
  const { t, word } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_RECEIVE);
  const rules = useQuery(deskQueries.custodyRules());
  const [pseudonym, setPseudonym] = useState(patient?.pseudonym ?? '');
  const [group, setGroup] = useState<BloodGroup | null>(patient?.group ?? null);
  const [kind, setKind] = useState<PatientClass>(patient?.patient_class ?? 'unknown');
  const [phenotype, setPhenotype] = useState<AboPhenotype>(patient?.phenotype ?? 'ordinary');
  const [antibodies, setAntibodies] = useState<string[]>(patient?.antibodies ?? []);
  const [requirements, setRequirements] = useState<string[]>(patient?.requirements ?? []);
  const [hla, setHla] = useState(patient?.hla ?? '');
  const put = useMutation({
    mutationFn: () =>
      api.put<Patient>(`/patients/${encodeURIComponent(pseudonym.trim())}`, {
        group, antibodies, requirements, hla: hla.trim() === '' ? null : hla.trim(), patient_class: kind, phenotype,
      }),
    onSuccess: (saved) => {
      for (const key of ['patients', 'custody']) void client.invalidateQueries({ queryKey: [key] });
      onDone(saved.pseudonym);
    },
  });
  const refused = forbidden ?? (pseudonym.trim().length < LEAST_PSEUDONYM ? t('custody.pseudonymNeeded') : null);
  return (
    <div className="card" data-testid="patient-form">
      <h2>{patient === null ? t('custody.newPatient') : <span className="mono">{patient.pseudonym}</span>}</h2>
      {patient === null && (
        <Field label={t('custody.pseudonym')}>
          <Input className="mono" maxLength={32} data-testid="patient-pseudonym" value={pseudonym} onChange={(event) => setPseudonym(event.target.value)} />
        </Field>
      )}
      {patient === null && <p className="caption">{t('custody.noNames')}</p>}
      <div className="field-row">
        <Field label={t('desk.group')}>
          <Select<BloodGroup | 'unknown'> data-testid="patient-group" value={group ?? 'unknown'} onChange={(value) => setGroup(value === 'unknown' ? null : value)} options={[{ value: 'unknown' as const, label: t('custody.groupUnknown') }, ...GROUPS.map((value) => ({ value, label: formatGroup(value) }))]} />
        </Field>
        <Field label={t('custody.phenotype')}>
          <Select<AboPhenotype> value={phenotype} onChange={setPhenotype} options={PHENOTYPES.map((value) => ({ value, label: word('phenotype', value) }))} />
        </Field>
      </div>
      <Field label={t('custody.class')}>
        <Select<PatientClass> value={kind} onChange={setKind} options={CLASSES.map((value) => ({ value, label: word('patientClass', value) }))} />
      </Field>
      <Field label={t('custody.antibodies')}>
        <Select mode="tags" data-testid="patient-antibodies" placeholder="anti-K, Jka, HLA-A2" value={antibodies} onChange={(value: string[]) => setAntibodies(value)} options={rules.data?.antigens.map((one) => ({ value: one, label: one }))} />
      </Field>
      <Field label={t('custody.requirements')}>
        <Select mode="multiple" data-testid="patient-requirements" value={requirements} onChange={(value: string[]) => setRequirements(value)} options={rules.data?.requirements.map((one) => ({ value: one, label: word('requirement', one) }))} />
      </Field>
      <Field label={t('custody.hla')}>
        <Input className="mono" maxLength={200} placeholder="A2,24 B8,- HPA-1a+ HPA-1b-" value={hla} onChange={(event) => setHla(event.target.value)} />
      </Field>
      <div className="row">
        <Button type="primary" data-testid="patient-save" disabled={refused !== null} loading={put.isPending} onClick={() => put.mutate()}>{t('custody.save')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      {put.isSuccess && <p role="status">✓ {t('custody.saved')}</p>}
      <Refusal error={put.error} />
    </div>
  );
}

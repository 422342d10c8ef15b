import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';

interface Props {
  value: string | null;
  onChange: (patient: string | null) => void;
}

/** A patient of this hospital, by pseudonym; one that is not known yet is told of first. */
export function PatientChooser({ value, onChange }: Props) {
  const { t } = useText();
  const [q, setQ] = useState('');
  const patients = useQuery(deskQueries.patients(q));
  return (
    <div className="field">
      <Select
        allowClear
        showSearch={{ filterOption: false, onSearch: setQ }}
        data-testid="patient-chooser"
        aria-label={t('custody.patient')}
        placeholder={t('custody.patientWanted')}
        value={value ?? undefined}
        onChange={(patient: string | undefined) => onChange(patient ?? null)}
        options={patients.data?.items.map((one) => ({ value: one.pseudonym, label: `${one.pseudonym} · ${one.group === null ? t('custody.groupUnknown') : formatGroup(one.group)}` }))}
      />
      <Link className="caption" to="/custody?view=patients&new=1">{t('custody.newPatient')}</Link>
    </div>
  );
}

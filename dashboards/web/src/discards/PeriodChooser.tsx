import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import type { Period } from '../api/deskQueries';
import { queries } from '../api/queries';
import { DAY_MS } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { Chips } from '../ui/Chips';

export const SPANS = ['7', '30', '90', '365'] as const;
export type Span = (typeof SPANS)[number];

/** The last so many days as the API wants them; the end moves on once an hour, so that a list is not read again for ever. */
export function usePeriod(span: Span, hospital?: string): Period | null {
  const now = useDomainNow(DAY_MS / 24);
  if (now === null) return null;
  const to = now + DAY_MS / 24;
  return { from_at: new Date(to - Number(span) * DAY_MS).toISOString(), to_at: new Date(to).toISOString(), hospital };
}

export function PeriodChooser({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  const { t } = useText();
  return <Chips name="span" label={t('discards.period')} value={span} onChange={onChange} options={SPANS.map((value) => ({ value, label: t('discards.days', { n: value }) }))} />;
}

export function HospitalChooser({ value, onChange }: { value: string | undefined; onChange: (hospital: string | undefined) => void }) {
  const { t, name } = useText();
  const plant = useQuery(queries.plant());
  return (
    <Select
      allowClear
      style={{ width: 200 }}
      data-testid="hospital-filter"
      aria-label={t('orderForm.hospital')}
      placeholder={t('discards.anyHospital')}
      value={value}
      onChange={onChange}
      options={plant.data?.hospitals.map((hospital) => ({ value: hospital.id, label: name(hospital) }))}
    />
  );
}

import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { coldQueries } from '../api/coldQueries';
import { useText } from '../i18n/text';

/** Asks for a comment beside it. */
export const OTHER = 'other';

/** Why an alarm is over: one of the site's reasons, in their order. */
export function ReasonSelect({ value, onChange }: { value: string | null; onChange: (code: string) => void }) {
  const { t, name } = useText();
  const reasons = useQuery(coldQueries.alarmReasons());
  return (
    <Select
      className="reason-select"
      data-testid="alarm-reason"
      aria-label={t('alarm.reason')}
      placeholder={t('alarm.reasonHint')}
      value={value}
      onChange={onChange}
      options={reasons.data?.items.map((reason) => ({ value: reason.code, label: name(reason) }))}
    />
  );
}

import { useText } from '../i18n/text';
import { Chips } from './Chips';

const SAID = ['unsaid', 'yes', 'no'] as const;

interface Props {
  name: string;
  label: string;
  value: boolean | null;
  onChange: (value: boolean | null) => void;
  /** It has to be said: there is nothing to press for not saying it. */
  must?: boolean;
}

/** Yes, no, or not said; what nobody says stays unknown. */
export function YesNo({ name, label, value, onChange, must = false }: Props) {
  const { t } = useText();
  const said = value === null ? 'unsaid' : value ? 'yes' : 'no';
  return (
    <div className="field">
      <span>{label}</span>
      <Chips name={name} label={label} value={said} onChange={(next) => onChange(next === 'unsaid' ? null : next === 'yes')} options={SAID.filter((one) => !must || one !== 'unsaid').map((one) => ({ value: one, label: t(`returns.said.${one}`) }))} />
    </div>
  );
}

import { Checkbox, InputNumber, Select } from 'antd';
import type { BloodGroup, PlantView } from '../api/types';
import { GROUPS } from '../bags/vocabulary';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import type { DraftLine } from './draft';
import { Stepper } from './Stepper';

interface Props {
  number: number;
  line: DraftLine;
  components: PlantView['components'];
  onChange: (line: DraftLine) => void;
  /** Null for the only line of an order. */
  onRemove: (() => void) | null;
}

export function DraftLineView({ number, line, components, onChange, onRemove }: Props) {
  const { t, name } = useText();
  return (
    <div className="draft-line" data-testid="order-draft-line">
      <label className="draft-field">
        <span>{t('orderForm.component')}</span>
        <Select data-testid="order-component" size="large" value={line.component} onChange={(component) => onChange({ ...line, component })} options={components.map((component) => ({ value: component.key, label: name(component) }))} />
      </label>
      <label className="draft-field">
        <span>{t('orderForm.group')}</span>
        <Select<BloodGroup> data-testid="order-group" size="large" value={line.group} onChange={(group) => onChange({ ...line, group })} options={GROUPS.map((group) => ({ value: group, label: formatGroup(group) }))} />
      </label>
      <div className="draft-field">
        <span id={`quantity-${line.key}`}>{t('orderForm.quantity')}</span>
        <Stepper labelledBy={`quantity-${line.key}`} value={line.quantity} onChange={(quantity) => onChange({ ...line, quantity })} />
      </div>
      <label className="draft-field">
        <span>{t('orderForm.minDays')}</span>
        <InputNumber size="large" min={0} max={365} style={{ width: '100%' }} value={line.minDaysLeft} onChange={(days) => onChange({ ...line, minDaysLeft: days ?? 0 })} />
      </label>
      <button type="button" className="draft-remove" aria-label={t('orderForm.removeLine', { n: number })} disabled={onRemove === null} onClick={() => onRemove?.()}>✕</button>
      <Checkbox className="draft-substitution" checked={line.substitution} onChange={(event) => onChange({ ...line, substitution: event.target.checked })}>
        {t('orderForm.substitution')}
      </Checkbox>
    </div>
  );
}

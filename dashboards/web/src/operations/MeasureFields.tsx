import { Input } from 'antd';
import type { HandOperation } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { Field } from '../ui/Field';
import { sideOf } from './plan';

interface Props {
  operation: HandOperation;
  values: Readonly<Record<string, string>>;
  onChange: (values: Readonly<Record<string, string>>) => void;
}

/** What must be measured, each with its limits; a value outside of them is said at once, and still sent as it was measured. */
export function MeasureFields({ operation, values, onChange }: Props) {
  const { t, name } = useText();
  if (operation.measures.length === 0) return null;
  return (
    <div className="field-row">
      {operation.measures.map((measure) => {
        const side = sideOf(measure, values[measure.name]);
        return (
          <Field key={measure.name} label={name(measure)}>
            <Input
              inputMode="decimal"
              suffix={measure.unit}
              data-testid={`operation-measure-${measure.name}`}
              value={values[measure.name] ?? ''}
              onChange={(event) => onChange({ ...values, [measure.name]: event.target.value })}
            />
            <span className="caption">{limits(measure)}</span>
            {(side === 'low' || side === 'high') && <span className={side}>{side === 'low' ? '▼ ' : '▲ '}{t('hops.outside')}</span>}
          </Field>
        );
      })}
    </div>
  );
}

function limits({ min, max, unit }: HandOperation['measures'][number]): string {
  const figure = (value: number) => formatNumber(value, Number.isInteger(value) ? 0 : 2);
  if (min !== null && max !== null) return `${figure(min)}–${figure(max)} ${unit}`;
  if (min !== null) return `≥ ${figure(min)} ${unit}`;
  return max === null ? '' : `≤ ${figure(max)} ${unit}`;
}

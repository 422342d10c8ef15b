import type { BatchUnit, PreparationRecipe } from '../api/types';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { BandGauge } from '../ui/BandGauge';
import { digitsOf, groupsOf, measureTone, type MeasureGroup } from './measures';
import { unitKey, UnitName } from './UnitName';

/** Every measured value of every unit, standing in its permitted band. */
export function MeasureRows({ units, recipe }: { units: readonly BatchUnit[]; recipe: PreparationRecipe | null }) {
  const { name } = useText();
  return groupsOf(units).map((group) => {
    const known = recipe?.measures.find((limit) => limit.name === group.name);
    return (
      <div key={group.name} className="measure-group" data-testid="measure-group" data-measure={group.name}>
        <div className="measure-head">
          <b>{known === undefined ? group.name : name(known)}</b>
          <span className="caption">{limitText(group)}</span>
        </div>
        {group.rows.map(({ unit, value }) => <MeasureRow key={unitKey(unit)} group={group} unit={unit} value={value} />)}
      </div>
    );
  });
}

function MeasureRow({ group, unit, value }: { group: MeasureGroup; unit: BatchUnit; value: number }) {
  const tone = measureTone(group, value);
  const text = `${formatNumber(value, digitsOf(value))} ${group.unit}`;
  return (
    <div className="measure-row" data-tone={tone}>
      <UnitName unit={unit} />
      <BandGauge scale={group.scale} low={group.min} high={group.max} value={value} tone={tone} label={`${text}, ${limitText(group)}`} />
      <span className="number">{tone === 'high' && '▲ '}{tone === 'low' && '▼ '}{text}</span>
    </div>
  );
}

function limitText({ min, max, unit }: Pick<MeasureGroup, 'min' | 'max' | 'unit'>): string {
  const figure = (value: number) => formatNumber(value, Number.isInteger(value) ? 0 : digitsOf(value));
  if (min !== null && max !== null) return `${figure(min)}–${figure(max)} ${unit}`;
  if (min !== null) return `≥ ${figure(min)} ${unit}`;
  return max === null ? unit : `≤ ${figure(max)} ${unit}`;
}

import { Link } from 'react-router';
import type { BatchUnit, PreparationRecipe } from '../api/types';
import { formatDin } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { BandGauge } from '../ui/BandGauge';
import { digitsOf, groupsOf, measureTone, type MeasureGroup } from './measures';

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

/** What a unit is called: the bag that it became, or the first of those it was made of. */
export function UnitName({ unit }: { unit: BatchUnit }) {
  const bag = unit.child ?? unit.parents[0] ?? '';
  return <Link className="mono nowrap prep-bag" to={`/bags/${encodeURIComponent(bag)}`}>{formatDin(bag.split('-')[0] ?? bag)}</Link>;
}

export function unitKey(unit: BatchUnit): string {
  return [unit.child ?? '', ...unit.parents].join(' ');
}

function limitText({ min, max, unit }: Pick<MeasureGroup, 'min' | 'max' | 'unit'>): string {
  const figure = (value: number) => formatNumber(value, Number.isInteger(value) ? 0 : digitsOf(value));
  if (min !== null && max !== null) return `${figure(min)}–${figure(max)} ${unit}`;
  if (min !== null) return `≥ ${figure(min)} ${unit}`;
  return max === null ? unit : `≤ ${figure(max)} ${unit}`;
}

import type { BatchUnit } from '../api/types';
import type { BandTone, Scale } from '../ui/band';

type Measure = BatchUnit['measures'][number];

/** The same measure of every unit of a batch: siblings share one scale. */
export interface MeasureGroup {
  name: string;
  unit: string;
  min: number | null;
  max: number | null;
  scale: Scale;
  rows: { unit: BatchUnit; value: number }[];
}

/** Measures by name, in the order in which the machine told them. */
export function groupsOf(units: readonly BatchUnit[]): MeasureGroup[] {
  const groups = new Map<string, MeasureGroup>();
  for (const unit of units) {
    for (const measure of unit.measures) {
      const group = groups.get(measure.name) ?? { ...measure, scale: { min: 0, max: 1 }, rows: [] };
      group.rows.push({ unit, value: measure.value });
      groups.set(measure.name, group);
    }
  }
  return [...groups.values()].map((group) => ({ ...group, scale: measureScale(group, group.rows.map(({ value }) => value)) }));
}

/** Room for the band and every value, with a margin; what cannot be negative begins at zero. */
export function measureScale({ min, max }: Pick<Measure, 'min' | 'max'>, values: readonly number[]): Scale {
  const marks = [...values, ...[min, max].filter((limit) => limit !== null)];
  const least = Math.min(...marks);
  const most = Math.max(...marks);
  const margin = Math.max((most - least) * 0.35, Math.abs(most) * 0.1, Number.EPSILON);
  return { min: least >= 0 ? Math.max(0, least - margin) : least - margin, max: most + margin };
}

/** Which side of its band a value left. */
export function measureTone({ min, max }: Pick<Measure, 'min' | 'max'>, value: number): BandTone {
  if (min !== null && value < min) return 'low';
  return max !== null && value > max ? 'high' : 'normal';
}

/** Digits that tell a value from its limit: three figures are enough for any of them. */
export function digitsOf(value: number): number {
  const size = Math.abs(value);
  return size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
}

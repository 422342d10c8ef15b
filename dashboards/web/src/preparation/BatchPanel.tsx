import { lazy, Suspense } from 'react';
import type { Batch, PlantView, PreparationRecipe } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { BandGauge } from '../ui/BandGauge';
import { MeasureRows } from './MeasureRows';
import { productOf, unitKey, UnitName } from './UnitName';

const FreezingCurve = lazy(() => import('./FreezingCurve'));

interface Props {
  batch: Batch;
  plant: PlantView | undefined;
  recipes: readonly PreparationRecipe[];
}

/** One batch: the number that decides, its curve or its measures, and every unit with what became of it. */
export function BatchPanel({ batch, plant, recipes }: Props) {
  const { t, word, name, language } = useText();
  const zone = useTimezone();
  const device = plant?.devices.find(({ id }) => id === batch.device);
  // Operations of one recipe measure the same things; only their names are taken from here, limits come with each value.
  const recipe = recipes.find((one) => one.recipe === batch.recipe) ?? null;
  const span = [batch.started_at, batch.ended_at].map((at) => (at === null ? '…' : formatMoment(instant(at), zone, language))).join(' – ');
  return (
    <section className="prep-batch" data-testid="batch" data-batch={batch.id} data-kind={batch.kind}>
      <div>
        <h2>{word('recipe', batch.recipe ?? batch.kind)}</h2>
        <p className="caption">{device ? name(device) : batch.device} · {word('batchState', batch.state)} · {span}</p>
        <p className="caption mono ellipsis">{batch.id}</p>
      </div>
      {batch.kind === 'freeze' && batch.target_c !== null && <FreezeLead batch={batch} />}
      {batch.kind !== 'freeze' && batch.units.length > 0 && (
        <p className="prep-lead">
          <b data-testid="batch-good">{formatNumber(batch.units.filter(({ outcome }) => outcome === 'done').length)}</b>
          <span className="label">{t('prep.lead', { all: formatNumber(batch.units.length) })}</span>
        </p>
      )}
      {batch.curve.length > 1 && (
        <div className="prep-curve" data-testid="freezing-curve"><Suspense><FreezingCurve batch={batch} /></Suspense></div>
      )}
      {batch.units.some(({ measures }) => measures.length > 0) && (
        <>
          <h3>{t('prep.measures')}</h3>
          <MeasureRows units={batch.units} recipe={recipe} />
        </>
      )}
      <h3>{batch.units.length > 0 ? t('prep.units') : t('prep.bagsIn')}</h3>
      {batch.units.length === 0 && <p className="caption">{t('prep.running')}</p>}
      <ul className="prep-units">
        {batch.units.map((unit) => (
          <li key={unitKey(unit)} data-outcome={unit.outcome}>
            <UnitName unit={unit} />
            <span className="caption"><span className="mono">{productOf(unit)}</span> {unit.parents.length > 1 && t('prep.fromBags', { n: unit.parents.length })}</span>
            <span className={unit.outcome === 'done' ? 'label' : 'high'}>{unit.outcome !== 'done' && '▲ '}{word('unitOutcome', unit.outcome)}</span>
            {unit.reason !== '' && <span className="caption prep-reason">{unit.reason}</span>}
          </li>
        ))}
        {batch.units.length === 0 && batch.bags.map((bag) => <li key={bag}><UnitName unit={{ parents: [bag], child: null, outcome: '', reason: '', measures: [] }} /><span className="caption mono">{bag.split('-')[1]}</span></li>)}
      </ul>
    </section>
  );
}

/** Minutes until the core was cold enough, standing against the limit. */
function FreezeLead({ batch }: { batch: Batch }) {
  const { t } = useText();
  const { minutes_to_target: minutes, target_c: target, limit_minutes: limit } = batch;
  const goal = target === null ? t('state.none') : formatTemperature(target, 0);
  const late = minutes === null || (limit !== null && minutes > limit);
  const most = Math.max(limit ?? 0, minutes ?? 0) * 1.25;
  return (
    <div>
      <p className="prep-lead">
        <b className={late ? 'high' : ''} data-testid="batch-minutes">{late && '▲ '}{minutes === null ? t('state.none') : formatNumber(minutes)}</b>
        <span className="label">{minutes === null ? t('prep.never', { target: goal }) : t('prep.leadFreeze', { target: goal, limit: limit === null ? t('state.none') : formatNumber(limit) })}</span>
      </p>
      <BandGauge scale={{ min: 0, max: Math.max(1, most) }} low={null} high={limit} value={minutes} tone={late ? 'high' : 'normal'} />
    </div>
  );
}

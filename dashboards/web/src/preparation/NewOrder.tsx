import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { BloodGroup, PlantView, PreparationOrder, PreparationRecipe } from '../api/types';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Refusal } from '../ui/Refusal';

const GROUPS: readonly BloodGroup[] = ['O+', 'O-', 'A+', 'A-', 'B+', 'B-', 'AB+', 'AB-'];
const MOST_UNITS = 100;
const ANY = 'any';

interface Props {
  recipes: readonly PreparationRecipe[];
  plant: PlantView;
  onDone: () => void;
}

/** What an operation makes: its output, or for one that changes nothing any of its inputs. */
function outputsOf(recipe: PreparationRecipe): string[] {
  return recipe.output === null ? recipe.inputs : [recipe.output];
}

/** A wish for prepared units: the warehouse gathers the bags and gives them to a robot. */
export function NewOrder({ recipes, plant, onDone }: Props) {
  const text = useText();
  const { t, word } = text;
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  // Separation runs by itself from the dock: it is the least likely wish.
  const possible = recipes.filter(({ robots }) => robots.length > 0).sort((a, b) => Number(a.recipe === 'separate') - Number(b.recipe === 'separate'));
  const [chosen, setChosen] = useState(possible[0]?.recipe);
  const outputs = possible.filter((one) => one.recipe === chosen).flatMap(outputsOf);
  const [component, setComponent] = useState(outputs[0] ?? '');
  const recipe = possible.find((one) => one.recipe === chosen && outputsOf(one).includes(component));
  const [group, setGroup] = useState<BloodGroup | typeof ANY>(ANY);
  const [quantity, setQuantity] = useState(1);
  const place = useMutation({
    mutationFn: () => api.post<PreparationOrder>('/preparation/orders', { recipe: chosen, component, quantity, ...(group === ANY ? {} : { group }) }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['preparations'] });
      onDone();
    },
  });
  const choose = (next: PreparationRecipe['recipe']) => {
    setChosen(next);
    setComponent(possible.filter((one) => one.recipe === next).flatMap(outputsOf)[0] ?? '');
  };
  const named = (key: string) => componentName(text, plant, key);
  return (
    <section className="prep-form" data-testid="preparation-form">
      <h2>{t('prep.order')}</h2>
      <label className="prep-field">
        <span>{t('prep.recipe')}</span>
        <Select data-testid="preparation-recipe" value={chosen} onChange={choose} options={[...new Set(possible.map((one) => one.recipe))].map((one) => ({ value: one, label: word('recipe', one) }))} />
      </label>
      <label className="prep-field">
        <span>{t('prep.component')}</span>
        <Select data-testid="preparation-component" value={component} onChange={setComponent} options={outputs.map((key) => ({ value: key, label: named(key) }))} />
      </label>
      <label className="prep-field">
        <span>{t('prep.group')}</span>
        <Select<BloodGroup | typeof ANY> data-testid="preparation-group" value={group} onChange={setGroup} options={[{ value: ANY, label: t('prep.anyGroup') }, ...GROUPS.map((one) => ({ value: one, label: formatGroup(one) }))]} />
      </label>
      <label className="prep-field">
        <span>{t('prep.quantity')}</span>
        <InputNumber data-testid="preparation-quantity" min={1} max={MOST_UNITS} precision={0} value={quantity} onChange={(value) => setQuantity(value ?? 1)} />
      </label>
      {recipe && (
        <p className="caption">
          {t('prep.from', { inputs: recipe.inputs.map(named).join(text.pick(', ', '、')), n: recipe.min_parents === recipe.max_parents ? recipe.min_parents : t('prep.parents', { min: recipe.min_parents, max: recipe.max_parents }) })}
        </p>
      )}
      <div className="row">
        <Button type="primary" data-testid="preparation-place" disabled={forbidden !== null || component === ''} loading={place.isPending} onClick={() => place.mutate()}>{t('prep.place')}</Button>
        <Button onClick={onDone}>{t('common.cancel')}</Button>
      </div>
      {forbidden !== null && <p className="caption">{t('state.notNow')}{forbidden}</p>}
      <Refusal error={place.error} />
    </section>
  );
}

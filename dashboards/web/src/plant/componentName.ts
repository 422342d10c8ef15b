import type { PlantView } from '../api/types';
import type { Text } from '../i18n/text';

/** A component's name in the reader's language; its key when the plant does not know it. */
export function componentName({ name }: Text, plant: PlantView | undefined, key: string): string {
  const component = plant?.components.find((candidate) => candidate.key === key);
  return component ? name(component) : key;
}

import type { PlantView } from '../api/types';
import type { Code } from './acts';

/** Is there such a box, such a place, or such a slot of a shelf? */
export function isKnown(plant: PlantView, code: Code, text: string): boolean {
  if (code === 'box') return plant.boxes.some(({ id }) => id === text);
  if (code !== 'place') return true;
  const slot = /^(.+)\/(\d{3})$/.exec(text);
  return plant.places.some(({ path, slots }) => path === text || (path === slot?.[1] && Number(slot[2]) >= 1 && Number(slot[2]) <= slots));
}

import type { Envelope, PlantView } from '../api/types';

/** The permitted temperatures of a place: its own, else those of the nearest place it lies in; null when none has any. */
export function envelopeOf(plant: PlantView | undefined, path: string | null): Envelope | null {
  if (!plant || path === null) return null;
  const byPath = new Map(plant.places.map((place) => [place.path, place.envelope]));
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const envelope = byPath.get(at);
    if (envelope) return envelope;
  }
  return null;
}

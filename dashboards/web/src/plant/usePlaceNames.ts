import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';

/** The places of the plant by path, in the reader's language. */
export function usePlaceNames(): ReadonlyMap<string, string> {
  const { name } = useText();
  const plant = useQuery(queries.plant());
  return new Map(plant.data?.places.map((place) => [place.path, name(place)]));
}

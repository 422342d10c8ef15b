import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { usePlaceNames } from '../plant/usePlaceNames';
import { placeName } from '../tasks/placeName';
import type { Names } from './about';

/** Names of places and machines in the reader's language, and the site's time zone: what a case is about in words. */
export function useNames(): Names {
  const { name } = useText();
  const zone = useTimezone();
  const places = usePlaceNames();
  const plant = useQuery(queries.plant());
  const device = (id: string) => {
    const machine = plant.data?.devices.find((one) => one.id === id);
    return machine === undefined ? id : name(machine);
  };
  return { place: (path) => placeName(path, places), device, zone };
}

import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';

/** A hospital's name in the reader's language; its id when the plant does not know it. */
export function useHospitalName(): (id: string) => string {
  const { name } = useText();
  const plant = useQuery(queries.plant());
  return (id) => {
    const hospital = plant.data?.hospitals.find((one) => one.id === id);
    return hospital === undefined ? id : name(hospital);
  };
}

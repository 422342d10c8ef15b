import { isEngineer, isHospital, useSession } from '../session/SessionContext';
import { ENGINEER, HOSPITAL, ROWS, WATCH, type Place } from './places';

/** Every screen this person has. */
export function usePlaces(): readonly Place[] {
  const { session } = useSession();
  if (isHospital(session)) return HOSPITAL;
  return [...WATCH, ...ROWS.flatMap((row) => row.places), ...(isEngineer(session) ? ENGINEER : [])];
}

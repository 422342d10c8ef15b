import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Absence, Rota, RotaRequest, RotaShift } from '../api/types';

interface Change {
  shifts?: readonly RotaShift[];
  absences?: readonly Absence[];
  reason: string;
}

/** Puts a changed rota in place of the one that was looked at; refused when somebody else was quicker. */
export function useRotaChange(rota: Rota, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ shifts, absences, reason }: Change) => {
      const body: RotaRequest = { version: rota.version, shifts: [...(shifts ?? rota.shifts)], absences: [...(absences ?? rota.absences)], reason };
      return api.put<Rota>('/rota', body);
    },
    onSuccess: onDone,
    onSettled: () => void client.invalidateQueries({ queryKey: ['rota'] }),
  });
}

/** A list with one entry replaced, added (`index` null) or taken out (`entry` null). */
export function withEntry<T>(list: readonly T[], index: number | null, entry: T | null): T[] {
  if (index === null) return entry === null ? [...list] : [...list, entry];
  return list.flatMap((one, at) => (at !== index ? [one] : entry === null ? [] : [entry]));
}

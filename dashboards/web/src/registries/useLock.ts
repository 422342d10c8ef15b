import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { RegistryRequest } from '../api/types';

/** Keeps a bag or a living donor for a request; nobody else gets it until it is given back. */
export function useLock(request: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: { bag: string } | { donor: string }) => api.post<RegistryRequest>(`/registries/requests/${encodeURIComponent(request)}/lock`, what),
    onSuccess: () => client.invalidateQueries({ queryKey: ['registries'] }),
  });
}

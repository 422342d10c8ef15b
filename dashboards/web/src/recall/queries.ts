import { queryOptions } from '@tanstack/react-query';
import { api, query } from '../api/client';
import type { HospitalRecallNotice, Recall, RecallReach, RecallReasons, RecallScopeRequest, RecallSummary } from './types';

export type RecallFilter = 'open' | 'closed' | 'all';

const enc = encodeURIComponent;

/** Reads of recalls, each with the key by which the live stream finds it. */
export const recallQueries = {
  reasons: () => queryOptions({ queryKey: ['recall-reasons'], queryFn: () => api.get<RecallReasons>('/recalls/reasons'), staleTime: Infinity }),
  list: (state: RecallFilter) =>
    queryOptions({ queryKey: ['recalls', state], queryFn: () => api.get<{ items: RecallSummary[] }>(`/recalls${query({ state })}`) }),
  one: (id: string) => queryOptions({ queryKey: ['recall', id], queryFn: () => api.get<Recall>(`/recalls/${enc(id)}`) }),
  preview: (reason: string, by: RecallScopeRequest, ofTheDonor: boolean) =>
    queryOptions({
      queryKey: ['recall-preview', reason, by, ofTheDonor],
      queryFn: () => api.post<RecallReach>('/recalls/preview', { reason_code: reason, by, of_the_donor: ofTheDonor }),
      retry: false,
    }),
  notices: () => queryOptions({ queryKey: ['recall-notices'], queryFn: () => api.get<{ items: HospitalRecallNotice[] }>('/recall-notices') }),
};

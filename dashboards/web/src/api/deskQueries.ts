import { queryOptions } from '@tanstack/react-query';
import { api, query } from './client';
import type { BagSummary } from './types';
import type { Discard, DiscardCause, HandOperation, HoldDetail, HoldScope, HoldView, Indicators } from './pending';

interface Items<T> {
  items: T[];
}

interface Page<T> extends Items<T> {
  total: number;
}

export interface HoldFilter {
  state: 'open' | 'all';
  scope?: HoldScope;
  q?: string;
}

export interface Period {
  from_at: string;
  to_at: string;
  hospital?: string;
}

const enc = encodeURIComponent;

/** Reads of the quality desk, of the registries and of the hospital's bench, each with the key by which the live stream finds it. */
export const deskQueries = {
  holds: (filter: HoldFilter) =>
    queryOptions({ queryKey: ['holds', filter], queryFn: () => api.get<Page<HoldView>>(`/holds${query({ ...filter })}`) }),
  hold: (id: string) => queryOptions({ queryKey: ['hold', id], queryFn: () => api.get<HoldDetail>(`/holds/${enc(id)}`) }),
  causes: () => queryOptions({ queryKey: ['causes'], queryFn: () => api.get<Items<DiscardCause>>('/discards/causes'), staleTime: Infinity }),
  discards: (period: Partial<Period>) =>
    queryOptions({ queryKey: ['discards', period], queryFn: () => api.get<Page<Discard>>(`/discards${query({ ...period })}`) }),
  indicators: (period: Period) =>
    queryOptions({ queryKey: ['indicators', period], queryFn: () => api.get<Indicators>(`/indicators${query({ ...period })}`) }),
  operations: () =>
    queryOptions({ queryKey: ['operations'], queryFn: () => api.get<Items<HandOperation>>('/operations'), staleTime: Infinity }),
  foundBags: (q: string) =>
    queryOptions({ queryKey: ['bags', { q, limit: 20 }], queryFn: () => api.get<Page<BagSummary>>(`/bags${query({ q, limit: 20 })}`) }),
};

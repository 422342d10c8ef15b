import { queryOptions } from '@tanstack/react-query';
import { api, query } from './client';
import type {
  Alarm,
  AlarmDetail,
  Bag,
  BagSummary,
  BagTemperatureHistory,
  Clock,
  DeadLetter,
  EdgeTrouble,
  FloorState,
  Health,
  LedgerVerdict,
  Order,
  Overview,
  PlantView,
  ProbeHistory,
  Session,
  Shipment,
  Task,
} from './types';

interface Items<T> {
  items: T[];
}

export interface BagFilter {
  q?: string;
  status?: string;
  component?: string;
  group?: string;
  place?: string;
  limit?: number;
}

const enc = encodeURIComponent;

/** Every read of the API, with the key by which the live stream finds it again. */
export const queries = {
  session: () => queryOptions({ queryKey: ['session'], queryFn: () => api.get<Session>('/session'), retry: false, staleTime: Infinity }),
  clock: () => queryOptions({ queryKey: ['clock'], queryFn: () => api.get<Clock>('/clock') }),
  plant: () => queryOptions({ queryKey: ['plant'], queryFn: () => api.get<PlantView>('/plant'), staleTime: Infinity }),
  overview: () => queryOptions({ queryKey: ['overview'], queryFn: () => api.get<Overview>('/overview') }),
  floor: () => queryOptions({ queryKey: ['floor'], queryFn: () => api.get<FloorState>('/floor') }),
  bags: (filter: BagFilter) =>
    queryOptions({
      queryKey: ['bags', filter],
      queryFn: () => api.get<Items<BagSummary> & { total: number }>(`/bags${query({ ...filter })}`),
    }),
  bag: (id: string) => queryOptions({ queryKey: ['bag', id], queryFn: () => api.get<Bag>(`/bags/${enc(id)}`) }),
  bagTemperature: (id: string) =>
    queryOptions({ queryKey: ['bag', id, 'temperature'], queryFn: () => api.get<BagTemperatureHistory>(`/bags/${enc(id)}/temperature`) }),
  alarms: (state: 'open' | 'all') =>
    queryOptions({ queryKey: ['alarms', state], queryFn: () => api.get<Items<Alarm>>(`/alarms${query({ state })}`) }),
  alarm: (id: string) => queryOptions({ queryKey: ['alarm', id], queryFn: () => api.get<AlarmDetail>(`/alarms/${enc(id)}`) }),
  orders: (state: 'open' | 'all', hospital?: string) =>
    queryOptions({ queryKey: ['orders', state, hospital], queryFn: () => api.get<Items<Order>>(`/orders${query({ state, hospital })}`) }),
  order: (id: string) => queryOptions({ queryKey: ['order', id], queryFn: () => api.get<Order>(`/orders/${enc(id)}`) }),
  shipments: (hospital?: string, state?: string) =>
    queryOptions({
      queryKey: ['shipments', hospital, state],
      queryFn: () => api.get<Items<Shipment>>(`/shipments${query({ hospital, state })}`),
    }),
  shipment: (id: string) =>
    queryOptions({ queryKey: ['shipment', id], queryFn: () => api.get<Shipment>(`/shipments/${enc(id)}`) }),
  tasks: (state?: string) =>
    queryOptions({ queryKey: ['tasks', state], queryFn: () => api.get<Items<Task>>(`/tasks${query({ state })}`) }),
  probeHistory: (probe: string, fromAt: string, toAt: string, stepS: number) =>
    queryOptions({
      queryKey: ['probe', probe, fromAt, toAt, stepS],
      queryFn: () => api.get<ProbeHistory>(`/probes/${enc(probe)}/history${query({ from_at: fromAt, to_at: toAt, step_s: stepS })}`),
    }),
  health: () => queryOptions({ queryKey: ['health'], queryFn: () => api.get<Health>('/health'), refetchInterval: 5000 }),
  deadLetters: () =>
    queryOptions({ queryKey: ['deadletters'], queryFn: () => api.get<Items<DeadLetter>>('/deadletters'), refetchInterval: 10_000 }),
  edgeTroubles: () => queryOptions({ queryKey: ['troubles'], queryFn: () => api.get<Items<EdgeTrouble>>('/edges/troubles') }),
  ledgerVerdict: () =>
    queryOptions({ queryKey: ['ledger', 'verify'], queryFn: () => api.get<LedgerVerdict>('/ledger/verify'), enabled: false, staleTime: Infinity }),
};

import { queryOptions } from '@tanstack/react-query';
import { api, query } from './client';
import type {
  AlarmDetail,
  AlarmList,
  Bag,
  BagSummary,
  BagTemperatureHistory,
  Batch,
  Clock,
  Consignment,
  Count,
  DeadLetter,
  EdgeTrouble,
  FloorState,
  Health,
  Label,
  LedgerVerdict,
  Order,
  Overview,
  Picking,
  PlantView,
  PreparationOrder,
  PreparationRecipe,
  ProbeHistory,
  Return,
  Session,
  Shelf,
  Shipment,
  Task,
  Trip,
  Weather,
} from './types';
import { HOUR_MS } from '../format/time';

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
  plant: () => queryOptions({ queryKey: ['plant'], queryFn: () => api.get<PlantView>('/plant'), staleTime: HOUR_MS }),
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
    queryOptions({ queryKey: ['alarms', state], queryFn: () => api.get<AlarmList>(`/alarms${query({ state })}`) }),
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
  consignments: (state: 'open' | 'all') =>
    queryOptions({ queryKey: ['consignments', state], queryFn: () => api.get<Items<Consignment>>(`/consignments${query({ state })}`) }),
  consignment: (id: string) =>
    queryOptions({ queryKey: ['consignment', id], queryFn: () => api.get<Consignment>(`/consignments/${enc(id)}`) }),
  labels: (state?: string) =>
    queryOptions({ queryKey: ['labels', state], queryFn: () => api.get<Items<Label>>(`/labels${query({ state })}`) }),
  recipes: () =>
    queryOptions({ queryKey: ['recipes'], queryFn: () => api.get<Items<PreparationRecipe>>('/preparation/recipes'), staleTime: Infinity }),
  preparations: (state?: string) =>
    queryOptions({ queryKey: ['preparations', state], queryFn: () => api.get<Items<PreparationOrder>>(`/preparation/orders${query({ state })}`) }),
  batches: (device?: string) =>
    queryOptions({ queryKey: ['batches', device], queryFn: () => api.get<Items<Batch>>(`/batches${query({ device, limit: 60 })}`) }),
  batch: (id: string) => queryOptions({ queryKey: ['batch', id], queryFn: () => api.get<Batch>(`/batches/${enc(id)}`) }),
  picking: () => queryOptions({ queryKey: ['picking'], queryFn: () => api.get<Picking>('/picking') }),
  trips: (state?: string) =>
    queryOptions({ queryKey: ['trips', state], queryFn: () => api.get<Items<Trip>>(`/trips${query({ state })}`) }),
  weather: () => queryOptions({ queryKey: ['weather'], queryFn: () => api.get<Weather>('/weather'), refetchInterval: 15_000 }),
  returns: (state: 'open' | 'all') =>
    queryOptions({ queryKey: ['returns', state], queryFn: () => api.get<Items<Return>>(`/returns${query({ state })}`) }),
  counts: (state: 'open' | 'all') =>
    queryOptions({ queryKey: ['counts', state], queryFn: () => api.get<Items<Count>>(`/counts${query({ state })}`) }),
  count: (id: string) => queryOptions({ queryKey: ['count', id], queryFn: () => api.get<Count>(`/counts/${enc(id)}`) }),
  shelves: () => queryOptions({ queryKey: ['shelves'], queryFn: () => api.get<Items<Shelf>>('/shelves') }),
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

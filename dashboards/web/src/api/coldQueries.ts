import { queryOptions } from '@tanstack/react-query';
import { api, query } from './client';
import type { AlarmHealth, DutyDetail, DutyList, DutyRecordList, Province, StockBand, Wall } from './types';

interface Items<T> {
  items: T[];
}

/** Reads of the cold chain and of the province, each with the key by which the live stream finds it. */
export const coldQueries = {
  province: () => queryOptions({ queryKey: ['province'], queryFn: () => api.get<Province>('/province'), refetchInterval: 30_000 }),
  duties: () => queryOptions({ queryKey: ['duties'], queryFn: () => api.get<DutyList>('/duties'), refetchInterval: 60_000 }),
  duty: (id: string) => queryOptions({ queryKey: ['duty', id], queryFn: () => api.get<DutyDetail>(`/duties/${encodeURIComponent(id)}`) }),
  dutyRecords: () => queryOptions({ queryKey: ['duty-records'], queryFn: () => api.get<DutyRecordList>('/duties/records') }),
  alarmHealth: (fromAt: string, toAt: string) =>
    queryOptions({ queryKey: ['alarm-health', fromAt, toAt], queryFn: () => api.get<AlarmHealth>(`/alarm-health${query({ from_at: fromAt, to_at: toAt })}`) }),
  wall: () => queryOptions({ queryKey: ['wall'], queryFn: () => api.get<Wall>('/wall'), refetchInterval: 10_000 }),
  stockBands: () => queryOptions({ queryKey: ['stock-bands'], queryFn: () => api.get<Items<StockBand>>('/stock/bands') }),
};

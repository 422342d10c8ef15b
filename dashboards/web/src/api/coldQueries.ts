import { queryOptions } from '@tanstack/react-query';
import { api, query } from './client';
import type { AlarmHealth, ClosingReason, ColdChain, Notice, Occurrence, Suspension, DutyDetail, DutyList, DutyRecordList, Province, StockBand, Wall } from './types';

interface Items<T> {
  items: T[];
}

/** Reads of the cold chain and of the province, each with the key by which the live stream finds it. */
export const coldQueries = {
  coldChain: () => queryOptions({ queryKey: ['cold-chain'], queryFn: () => api.get<ColdChain>('/cold-chain'), refetchInterval: 30_000 }),
  province: () => queryOptions({ queryKey: ['province'], queryFn: () => api.get<Province>('/province'), refetchInterval: 30_000 }),
  duties: () => queryOptions({ queryKey: ['duties'], queryFn: () => api.get<DutyList>('/duties'), refetchInterval: 60_000 }),
  duty: (id: string) => queryOptions({ queryKey: ['duty', id], queryFn: () => api.get<DutyDetail>(`/duties/${encodeURIComponent(id)}`) }),
  dutyRecords: () => queryOptions({ queryKey: ['duty-records'], queryFn: () => api.get<DutyRecordList>('/duties/records') }),
  alarmHealth: (fromAt: string, toAt: string) =>
    queryOptions({ queryKey: ['alarm-health', fromAt, toAt], queryFn: () => api.get<AlarmHealth>(`/alarm-health${query({ from_at: fromAt, to_at: toAt })}`) }),
  alarmReasons: () => queryOptions({ queryKey: ['alarm-reasons'], queryFn: () => api.get<Items<ClosingReason>>('/alarms/reasons'), staleTime: Infinity }),
  toClose: () => queryOptions({ queryKey: ['to-close'], queryFn: () => api.get<Items<Occurrence>>('/alarms/to-close') }),
  suspensions: () => queryOptions({ queryKey: ['suspensions'], queryFn: () => api.get<Items<Suspension>>('/suspensions') }),
  notices: (filter: { alarm?: string; state?: string }) =>
    queryOptions({ queryKey: ['notices', filter], queryFn: () => api.get<Items<Notice>>(`/notices${query({ ...filter })}`) }),
  wall: () => queryOptions({ queryKey: ['wall'], queryFn: () => api.get<Wall>('/wall'), refetchInterval: 10_000 }),
  stockBands: () => queryOptions({ queryKey: ['stock-bands'], queryFn: () => api.get<Items<StockBand>>('/stock/bands') }),
};

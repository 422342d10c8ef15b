import { queryOptions } from '@tanstack/react-query';
import { api, query } from './client';
import type { AlarmHealth, Blast, ClosingReason, ColdChain, CalibrationList, CompletenessMeter, LimitVersionList, LoggerRecordDetail, LoggerRecordList, DutyDetail, DutyList, DutyRecordList, LadderList, Notice, NoticeChannel, Occurrence, Province, Rescue, ResponseList, Rota, StockBand, Suspension, Wall, Disposition, DispositionList, Passport } from './types';

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
  blast: (alarm: string) => queryOptions({ queryKey: ['blast', alarm], queryFn: () => api.get<Blast>(`/alarms/${encodeURIComponent(alarm)}/blast`), refetchInterval: 30_000 }),
  rescue: (alarm: string) => queryOptions({ queryKey: ['rescue', alarm], queryFn: () => api.get<Rescue>(`/alarms/${encodeURIComponent(alarm)}/rescue`) }),
  toClose: () => queryOptions({ queryKey: ['to-close'], queryFn: () => api.get<Items<Occurrence>>('/alarms/to-close') }),
  suspensions: () => queryOptions({ queryKey: ['suspensions'], queryFn: () => api.get<Items<Suspension>>('/suspensions') }),
  notices: (filter: { alarm?: string; state?: string; limit?: string }) =>
    queryOptions({ queryKey: ['notices', filter], queryFn: () => api.get<Items<Notice>>(`/notices${query({ ...filter })}`) }),
  notice: (id: string) => queryOptions({ queryKey: ['notice', id], queryFn: () => api.get<Notice>(`/notices/${encodeURIComponent(id)}`) }),
  ladder: () => queryOptions({ queryKey: ['ladder'], queryFn: () => api.get<LadderList>('/ladder'), staleTime: Infinity }),
  rota: () => queryOptions({ queryKey: ['rota'], queryFn: () => api.get<Rota>('/rota'), refetchInterval: 60_000 }),
  channels: () => queryOptions({ queryKey: ['channels'], queryFn: () => api.get<Items<NoticeChannel>>('/channels') }),
  responses: () => queryOptions({ queryKey: ['responses'], queryFn: () => api.get<ResponseList>('/alarm-responses') }),
  wall: () => queryOptions({ queryKey: ['wall'], queryFn: () => api.get<Wall>('/wall'), refetchInterval: 10_000 }),
  completeness: (fromDay: string, toDay: string, probe?: string) =>
    queryOptions({ queryKey: ['completeness', fromDay, toDay, probe], queryFn: () => api.get<CompletenessMeter>(`/completeness${query({ from_day: fromDay, to_day: toDay, probe })}`) }),
  calibrations: () => queryOptions({ queryKey: ['calibrations'], queryFn: () => api.get<CalibrationList>('/calibrations') }),
  certificatesOf: (probe: string) =>
    queryOptions({ queryKey: ['calibrations', probe], queryFn: () => api.get<CalibrationList>(`/calibrations${query({ probe })}`) }),
  limits: () => queryOptions({ queryKey: ['limits'], queryFn: () => api.get<LimitVersionList>('/limits') }),
  loggers: () => queryOptions({ queryKey: ['loggers'], queryFn: () => api.get<LoggerRecordList>('/loggers') }),
  logger: (id: string) => queryOptions({ queryKey: ['loggers', id], queryFn: () => api.get<LoggerRecordDetail>(`/loggers/${encodeURIComponent(id)}`), staleTime: Infinity }),
  passport: (bag: string, version: 'now' | 'sealed') =>
    queryOptions({ queryKey: ['passport', bag, version], queryFn: () => api.get<Passport>(`/bags/${encodeURIComponent(bag)}/passport${query({ version })}`), refetchInterval: version === 'now' ? 60_000 : false }),
  dispositions: (state: 'open' | 'decided' | 'all', bag?: string) =>
    queryOptions({ queryKey: ['dispositions', state, bag], queryFn: () => api.get<DispositionList>(`/dispositions${query({ state, bag })}`) }),
  disposition: (id: string) => queryOptions({ queryKey: ['disposition', id], queryFn: () => api.get<Disposition>(`/dispositions/${encodeURIComponent(id)}`) }),
  stockBands: () => queryOptions({ queryKey: ['stock-bands'], queryFn: () => api.get<Items<StockBand>>('/stock/bands') }),
};

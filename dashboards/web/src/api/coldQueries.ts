import { queryOptions } from '@tanstack/react-query';
import { api } from './client';
import type { Province, StockBand } from './types';

interface Items<T> {
  items: T[];
}

/** Reads of the cold chain and of the province, each with the key by which the live stream finds it. */
export const coldQueries = {
  province: () => queryOptions({ queryKey: ['province'], queryFn: () => api.get<Province>('/province'), refetchInterval: 30_000 }),
  stockBands: () => queryOptions({ queryKey: ['stock-bands'], queryFn: () => api.get<Items<StockBand>>('/stock/bands') }),
};

import { queryOptions } from '@tanstack/react-query';
import { api, query } from './client';
import type {
  CustodyBag,
  CustodyDetail,
  DeferralList,
  Discard,
  DiscardCause,
  DonationTests,
  HandOperation,
  HeldDonation,
  Hold,
  HoldDetail,
  HospitalRules,
  Indicators,
  InformationKind,
  LaboratoryTests,
  Patient,
  PlateletDonor,
  RareDonor,
  RareSearchResult,
  RegistryRequest,
  ReleaseItem,
  ReleaseList,
  ReturnProposal,
  Scope,
  SearchResult,
  TestsState,
} from './types';

interface Items<T> {
  items: T[];
}

interface Page<T> extends Items<T> {
  total: number;
}

export interface HoldFilter {
  state: 'open' | 'all';
  scope?: Scope;
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
    queryOptions({ queryKey: ['holds', filter], queryFn: () => api.get<Page<Hold>>(`/holds${query({ ...filter })}`) }),
  hold: (id: string) => queryOptions({ queryKey: ['hold', id], queryFn: () => api.get<HoldDetail>(`/holds/${enc(id)}`) }),
  returnProposal: (one: string, bag: string) =>
    queryOptions({ queryKey: ['returns', one, bag], queryFn: () => api.get<ReturnProposal>(`/returns/${enc(one)}/proposals/${enc(bag)}`) }),
  causes: () => queryOptions({ queryKey: ['causes'], queryFn: () => api.get<Items<DiscardCause>>('/discards/causes'), staleTime: Infinity }),
  discards: (period: Partial<Period>) =>
    queryOptions({ queryKey: ['discards', period], queryFn: () => api.get<Page<Discard>>(`/discards${query({ ...period })}`) }),
  indicators: (period: Period) =>
    queryOptions({ queryKey: ['indicators', period], queryFn: () => api.get<Indicators>(`/indicators${query({ ...period })}`) }),
  operations: () =>
    queryOptions({ queryKey: ['operations'], queryFn: () => api.get<Items<HandOperation>>('/operations'), staleTime: Infinity }),
  custody: (filter: { status?: string; q?: string }) =>
    queryOptions({ queryKey: ['custody', 'list', filter], queryFn: () => api.get<Page<CustodyBag>>(`/custody${query({ ...filter, limit: 200 })}`) }),
  custodyBag: (id: string, patient: string | null) =>
    queryOptions({
      queryKey: ['custody', id, patient],
      queryFn: () => api.get<CustodyDetail>(`/custody/${enc(id)}${query({ patient: patient ?? undefined })}`),
    }),
  custodyRules: () => queryOptions({ queryKey: ['custody-rules'], queryFn: () => api.get<HospitalRules>('/custody/rules'), staleTime: Infinity }),
  patients: (q: string) =>
    queryOptions({ queryKey: ['patients', q], queryFn: () => api.get<Page<Patient>>(`/patients${query({ q, limit: 50 })}`) }),
  donations: (state: TestsState | 'all', q: string) =>
    queryOptions({
      queryKey: ['laboratory', 'list', state, q],
      queryFn: () => api.get<Page<DonationTests>>(`/laboratory/donations${query({ state, q, limit: 200 })}`),
    }),
  donation: (din: string) =>
    queryOptions({ queryKey: ['laboratory', din], queryFn: () => api.get<DonationTests>(`/laboratory/donations/${enc(din)}`) }),
  tests: () => queryOptions({ queryKey: ['laboratory-tests'], queryFn: () => api.get<LaboratoryTests>('/laboratory/tests'), staleTime: Infinity }),
  release: (filter: { state: 'blocked' | 'ready' | 'all'; component?: string }) =>
    queryOptions({
      queryKey: ['release', 'list', filter],
      queryFn: () => api.get<ReleaseList>(`/release${query({ ...filter, limit: 100 })}`),
      refetchInterval: 20_000,
    }),
  releaseOf: (bag: string) =>
    queryOptions({ queryKey: ['release', bag], queryFn: () => api.get<ReleaseItem>(`/bags/${enc(bag)}/release`) }),
  heldDonations: (state: 'open' | 'all') =>
    queryOptions({ queryKey: ['deferrals', 'held', state], queryFn: () => api.get<Items<HeldDonation>>(`/deferrals/held${query({ state })}`) }),
  deferralLists: () => queryOptions({ queryKey: ['deferrals', 'lists'], queryFn: () => api.get<Items<DeferralList>>('/deferrals/lists') }),
  informationKinds: () =>
    queryOptions({ queryKey: ['information-kinds'], queryFn: () => api.get<Items<InformationKind>>('/donors/information-kinds'), staleTime: Infinity }),
  requests: (kind: 'platelet' | 'rare' | undefined, state: 'open' | 'all') =>
    queryOptions({ queryKey: ['registries', 'requests', kind, state], queryFn: () => api.get<Items<RegistryRequest>>(`/registries/requests${query({ kind, state })}`) }),
  request: (id: string) =>
    queryOptions({ queryKey: ['registries', 'request', id], queryFn: () => api.get<RegistryRequest>(`/registries/requests/${enc(id)}`) }),
  candidates: (id: string) =>
    queryOptions({ queryKey: ['registries', 'candidates', id], queryFn: () => api.get<SearchResult>(`/registries/requests/${enc(id)}/candidates`) }),
  rareSearch: (absent: readonly string[], group: string | null) =>
    queryOptions({
      queryKey: ['registries', 'rare', absent, group],
      queryFn: () => api.post<RareSearchResult>('/registries/rare/search', { antigens_absent: absent, group }),
      retry: false,
    }),
  plateletDonors: (q: string) =>
    queryOptions({ queryKey: ['registries', 'platelet-donors', q], queryFn: () => api.get<Page<PlateletDonor>>(`/registries/platelet-donors${query({ q })}`) }),
  rareDonors: (q: string) =>
    queryOptions({ queryKey: ['registries', 'rare-donors', q], queryFn: () => api.get<Page<RareDonor>>(`/registries/rare-donors${query({ q })}`) }),
};

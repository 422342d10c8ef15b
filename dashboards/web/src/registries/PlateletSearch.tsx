import { useMutation } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { BloodGroup, SearchResult } from '../api/types';
import { GROUPS } from '../bags/vocabulary';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Empty } from '../ui/Empty';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { Split } from '../ui/Split';
import { DonorRegistry } from './DonorRegistry';
import { MatchTable } from './MatchTable';

const LIMIT = 50;

/** Donors ranked for a patient: an antibody excludes before a grade counts. */
export function PlateletSearch() {
  const { t } = useText();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [hla, setHla] = useState('');
  const [hpa, setHpa] = useState('');
  const [antibodies, setAntibodies] = useState<string[]>([]);
  const [group, setGroup] = useState<BloodGroup | null>(null);
  const search = useMutation({ mutationFn: () => api.post<SearchResult>('/registries/platelet-donors/search', { hla: hla.trim(), hpa: hpa.trim(), antibodies, group, limit: LIMIT }) });
  const refused = forbidden ?? (hla.trim() === '' ? t('registry.hlaNeeded') : null);
  return (
    <Split label={t('desk.inHand')} side={<DonorRegistry registry="platelet" />}>
      <form
        className="registry-form"
        data-testid="platelet-search"
        onSubmit={(event) => {
          event.preventDefault();
          if (refused === null) search.mutate();
        }}
      >
        <Field label={t('registry.hla')}><Input className="mono" data-testid="search-hla" placeholder="A2,24 B8,-" value={hla} onChange={(event) => setHla(event.target.value)} /></Field>
        <Field label="HPA"><Input className="mono" placeholder="HPA-1a+ HPA-1b-" value={hpa} onChange={(event) => setHpa(event.target.value)} /></Field>
        <Field label={t('custody.antibodies')}><Select mode="tags" placeholder="HLA-A2, HPA-1a" value={antibodies} onChange={(value: string[]) => setAntibodies(value)} /></Field>
        <Field label={t('desk.group')}>
          <Select<BloodGroup | 'any'> value={group ?? 'any'} onChange={(value) => setGroup(value === 'any' ? null : value)} options={[{ value: 'any' as const, label: t('registry.anyGroup') }, ...GROUPS.map((value) => ({ value, label: formatGroup(value) }))]} />
        </Field>
        <Button type="primary" htmlType="submit" data-testid="search-do" disabled={refused !== null} loading={search.isPending}>{t('registry.search')}</Button>
      </form>
      {refused !== null && <p className="caption">{t('state.notNow')}{refused}</p>}
      <Refusal error={search.error} />
      {search.data && <p className="muted" data-testid="search-told">{t('registry.searched', { n: formatNumber(search.data.searched), excluded: formatNumber(search.data.excluded), ms: formatNumber(search.data.took_ms) })}</p>}
      <div className="table-scroll">
        {search.data === undefined ? <Empty>{t('registry.searchHow')}</Empty> : search.data.items.length === 0 ? <Empty>{t('registry.noCandidates')}</Empty> : <MatchTable matches={search.data.items} />}
      </div>
    </Split>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { deskQueries } from '../api/deskQueries';
import { queries } from '../api/queries';
import type { BloodGroup, RareSearchResult } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { GROUPS } from '../bags/vocabulary';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { usePlaceNames } from '../plant/usePlaceNames';
import { placeName } from '../tasks/placeName';
import { Empty } from '../ui/Empty';
import { Field } from '../ui/Field';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Split } from '../ui/Split';
import { DonorRegistry } from './DonorRegistry';

interface Asked {
  absent: readonly string[];
  group: BloodGroup | null;
}

/** Red cells without certain antigens: frozen stock first, then the shelf, then living donors. */
export function RareSearch() {
  const { t } = useText();
  const [absent, setAbsent] = useState<string[]>([]);
  const [group, setGroup] = useState<BloodGroup | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const found = useQuery({ ...deskQueries.rareSearch(asked?.absent ?? [], asked?.group ?? null), enabled: asked !== null });
  return (
    <Split label={t('desk.inHand')} side={<DonorRegistry registry="rare" />}>
      <form
        className="registry-form registry-form-rare"
        data-testid="rare-search"
        onSubmit={(event) => {
          event.preventDefault();
          if (absent.length > 0) setAsked({ absent, group });
        }}
      >
        <Field label={t('registry.absent')}><Select mode="tags" data-testid="rare-absent" placeholder="Jka, Fya, U" value={absent} onChange={(value: string[]) => setAbsent(value)} /></Field>
        <Field label={t('desk.group')}>
          <Select<BloodGroup | 'any'> value={group ?? 'any'} onChange={(value) => setGroup(value === 'any' ? null : value)} options={[{ value: 'any' as const, label: t('registry.anyGroup') }, ...GROUPS.map((value) => ({ value, label: formatGroup(value) }))]} />
        </Field>
        <Button type="primary" htmlType="submit" data-testid="rare-do" disabled={absent.length === 0} loading={found.isFetching}>{t('registry.search')}</Button>
      </form>
      <div className="table-scroll">
        {asked === null ? <Empty>{t('registry.rareHow')}</Empty> : <Loaded query={found} rows={6}>{(data) => <RareFound found={data} />}</Loaded>}
      </div>
    </Split>
  );
}

function RareFound({ found }: { found: RareSearchResult }) {
  const text = useText();
  const { t, word } = text;
  const plant = useQuery(queries.plant());
  const places = usePlaceNames();
  if (found.frozen.length + found.shelf.length + found.donors_found === 0) return <Empty>{t('registry.noCandidates')}</Empty>;
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('registry.where')}</th>
          <th>{t('registry.bagOrDonor')}</th>
          <th>{t('desk.group')}</th>
          <th>{t('custody.antigens')}</th>
          <th>{t('desk.state')}</th>
          <th className="number">{t('bags.expires')}</th>
        </tr>
      </thead>
      <tbody>
        {([['frozen', found.frozen], ['shelf', found.shelf]] as const).flatMap(([where, bags]) =>
          bags.map((bag) => (
            <tr key={bag.bag} data-testid="rare-row">
              <td>{t(`registry.${where}`)}<span className="caption">{bag.place === null ? t('state.unknown') : placeName(bag.place, places)}</span></td>
              <td><BagLink bag={bag.bag} /><span className="caption">{componentName(text, plant.data, bag.component)}</span></td>
              <td>{bag.group === null ? <span className="muted">?</span> : formatGroup(bag.group)}</td>
              <td className="mono">{bag.antigens}<span className="caption">{word('evidence', bag.evidence)}</span></td>
              <td>{bag.locked ? <b>{t('registry.isLocked')}</b> : word('status', bag.status)}</td>
              <td className="number"><Moment at={bag.expires_at} full /></td>
            </tr>
          )),
        )}
        {found.donors.map((donor) => (
          <tr key={donor.donor}>
            <td>{t('registry.livingDonor')}</td>
            <td className="mono">{donor.donor}</td>
            <td>{donor.group === null ? <span className="muted">?</span> : formatGroup(donor.group)}</td>
            <td className="mono">{donor.antigens}</td>
            <td>{word('mayDonate', donor.may_donate)}</td>
            <td className="number">{donor.may_donate_from !== null && <><span className="caption">{t('registry.from')}</span> <Moment at={donor.may_donate_from} full /></>}</td>
          </tr>
        ))}
        {found.donors.length === 0 && found.donors_found > 0 && <tr><td colSpan={6} className="muted">{t('registry.donorsFound', { n: formatNumber(found.donors_found) })}</td></tr>}
      </tbody>
    </table>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { coldQueries } from '../api/coldQueries';
import type { StockBand } from '../api/types';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { BandForm } from './BandForm';

/** The band of each component that holds now, and who set it; quality changes it here. */
export function BandsView() {
  const { t } = useText();
  const bands = useQuery(coldQueries.stockBands());
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <>
      <p className="caption">{t('bands.caption')}</p>
      <Loaded query={bands} rows={5}>
        {(data) => (
          <div className="table-scroll">
            <table className="list">
              <thead>
                <tr>
                  <th>{t('desk.component')}</th>
                  <th className="number">{t('bands.red')}</th>
                  <th className="number">{t('bands.amber')}</th>
                  <th className="number">{t('bands.preamber')}</th>
                  <th className="number">{t('bands.target')}</th>
                  <th className="number">{t('bands.near')}</th>
                  <th>{t('bands.use')}</th>
                  <th>{t('desk.who')}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {data.items.map((band) => <BandRow key={band.component} band={band} onChange={() => setEditing(band.component)} />)}
              </tbody>
            </table>
            {data.items.filter((band) => band.component === editing).map((band) => <BandForm key={`${band.component}-${band.version}`} band={band} onDone={() => setEditing(null)} />)}
          </div>
        )}
      </Loaded>
    </>
  );
}

function BandRow({ band, onChange }: { band: StockBand; onChange: () => void }) {
  const { t, name } = useText();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const days = (value: number) => t('province.days', { n: formatNumber(value, Number.isInteger(value) ? 0 : 1) });
  return (
    <tr data-testid={`band-${band.component}`}>
      <td>{name(band)}</td>
      <td className="number">{days(band.days.red_days)}</td>
      <td className="number">{days(band.days.amber_days)}</td>
      <td className="number">{days(band.days.preamber_days)}</td>
      <td className="number">{days(band.days.target_days)}</td>
      <td className="number">{days(band.near_days)}</td>
      <td>{Object.entries(band.daily_use).map(([group, use]) => <span key={group} className="nowrap band-use">{formatGroup(group)} {formatNumber(use, Number.isInteger(use) ? 0 : 1)}</span>)}</td>
      <td title={band.reason ?? ''}>{band.set_by === null ? t('bands.plant') : <>{band.set_by} · {t('bands.version', { n: band.version })} · <Moment at={band.set_at} /></>}</td>
      <td><Button size="small" data-testid={`band-change-${band.component}`} disabled={forbidden !== null} title={forbidden ?? ''} onClick={onChange}>{t('bands.change')}</Button></td>
    </tr>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { Label, LabelState } from '../api/types';
import { formatDin } from '../format/blood';
import { formatNear, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow, useTimezone } from '../live/LiveContext';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';

const STATES: readonly LabelState[] = ['waiting', 'at_station', 'failed', 'passed'];
const SHOWN = 100;

/** Labels on their way: what waits, what the station has, what passed, and what disagrees with its bag. */
export function LabelQueue() {
  const { t, word } = useText();
  const [state, setState] = useState<LabelState | undefined>(undefined);
  const labels = useQuery(queries.labels());
  const all = labels.data?.items ?? [];
  const shown = all.filter((label) => state === undefined || label.state === state);
  return (
    <section className="intake-labels" aria-label={t('labels.title')} data-testid="label-queue">
      <div className="title-row">
        <h2>{t('labels.title')}</h2>
        <span className="grow" />
        <button type="button" className="chip" aria-pressed={state === undefined} onClick={() => setState(undefined)}>{t('labels.filter.all')}</button>
        {STATES.map((one) => (
          <button key={one} type="button" className="chip" data-testid={`labels-${one}`} aria-pressed={state === one} onClick={() => setState(one)}>
            {word('labelState', one)} <b>{all.filter((label) => label.state === one).length}</b>
          </button>
        ))}
      </div>
      <div className="table-scroll">
        <Loaded query={labels} rows={5}>
          {() => (shown.length === 0 ? <Empty>{t('labels.none')}</Empty> : <LabelTable labels={shown.slice(0, SHOWN)} />)}
        </Loaded>
      </div>
    </section>
  );
}

function LabelTable({ labels }: { labels: readonly Label[] }) {
  const { t, word, pick, language } = useText();
  const zone = useTimezone();
  const now = useDomainNow(60_000) ?? 0;
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('labels.bag')}</th>
          <th>{t('labels.state')}</th>
          <th>{t('labels.why')}</th>
          <th className="number">{t('labels.at')}</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {labels.map((label) => (
          <tr key={`${label.bag} ${label.at}`} data-testid="label-row" data-bag-id={label.bag} data-state={label.state}>
            <td>
              <Link className="mono nowrap intake-bag" to={`/bags/${encodeURIComponent(label.bag)}`}>{formatDin(label.bag.split('-')[0] ?? label.bag)}</Link>
              <span className="caption mono">{label.bag.split('-')[1]}</span>
            </td>
            <td className={`nowrap ${label.state === 'failed' ? 'high' : ''}`}>{label.state === 'failed' && '▲ '}{word('labelState', label.state)}</td>
            <td className="label">
              {label.mismatches.map(({ field, read, expected }) => (
                <span key={field} className="label-mismatch">{t('labels.mismatch', { field: word('labelField', field), read, expected })}</span>
              ))}
              {label.waits_en !== null && pick(label.waits_en, label.waits_zh ?? label.waits_en)}
            </td>
            <td className="number">{formatNear(instant(label.at), now, zone, language)}</td>
            <td className="number">
              {label.state !== 'passed' && label.state !== 'at_station' && (
                <a className="label-print" href={`/api/v1/bags/${encodeURIComponent(label.bag)}/label.pdf`} target="_blank" rel="noreferrer" data-testid="label-print">{t('labels.print')}</a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

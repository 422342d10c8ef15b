import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { deskQueries, type Period } from '../api/deskQueries';
import type { Discard } from '../api/types';
import { queries } from '../api/queries';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { useHospitalName } from '../plant/useHospitalName';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { SaveCsv } from '../ui/SaveCsv';
import { Skeleton } from '../ui/Skeleton';
import { PeriodChooser, usePeriod, type Span } from './PeriodChooser';

/** What was destroyed in a period: which bag, why, by whom. */
export function RecordView() {
  const [span, setSpan] = useState<Span>('30');
  const period = usePeriod(span);
  return (
    <>
      <div className="row"><PeriodChooser span={span} onChange={setSpan} /></div>
      {period === null ? <Skeleton rows={8} /> : <RecordTable period={period} />}
    </>
  );
}

function RecordTable({ period }: { period: Period }) {
  const text = useText();
  const { t, name } = text;
  const discards = useQuery({ ...deskQueries.discards({ from_at: period.from_at, to_at: period.to_at }), placeholderData: keepPreviousData });
  const causes = useQuery(deskQueries.causes());
  const plant = useQuery(queries.plant());
  const hospital = useHospitalName();
  const cause = (key: string) => {
    const found = causes.data?.items.find((one) => one.key === key);
    return found === undefined ? key : name(found);
  };
  const rows = (items: readonly Discard[]) => () => [
    [t('desk.when'), t('desk.bag'), t('desk.component'), t('desk.group'), t('discards.cause'), t('desk.comment'), t('orderForm.hospital'), t('desk.who')],
    ...items.map((one) => [one.at, one.bag, one.component, one.group, cause(one.cause), one.comment, one.hospital, one.by]),
  ];
  return (
    <>
      <div className="row">
        <span className="muted">{discards.data && t('discards.n', { n: formatNumber(discards.data.total) })}</span>
        <span className="grow" />
        <SaveCsv name="discards" disabled={!discards.data} rows={rows(discards.data?.items ?? [])} />
      </div>
      <div className="table-scroll">
        <Loaded query={discards} rows={8}>
          {(data) =>
            data.items.length === 0 ? (
              <Empty>{t('discards.none')}</Empty>
            ) : (
              <table className="list">
                <thead>
                  <tr>
                    <th>{t('desk.when')}</th>
                    <th>{t('desk.bag')}</th>
                    <th>{t('desk.component')}</th>
                    <th>{t('desk.group')}</th>
                    <th>{t('discards.cause')}</th>
                    <th>{t('discards.where')}</th>
                    <th>{t('desk.who')}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.items.map((one) => (
                    <tr key={one.bag} data-testid="discard-row" data-cause={one.cause}>
                      <td><Moment at={one.at} /></td>
                      <td><BagLink bag={one.bag} /></td>
                      <td>{componentName(text, plant.data, one.component)}</td>
                      <td>{one.group === null ? <span className="muted">?</span> : formatGroup(one.group)}</td>
                      <td>{cause(one.cause)}{one.comment !== '' && <span className="caption">{one.comment}</span>}</td>
                      <td>{one.hospital === null ? t('custody.centre') : hospital(one.hospital)}</td>
                      <td>{one.by}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </div>
    </>
  );
}

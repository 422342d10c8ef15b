import { useQuery } from '@tanstack/react-query';
import { coldQueries } from '../api/coldQueries';
import type { DutyRecord } from '../api/types';
import { formatTemperature } from '../format/number';
import { useText, type Text } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';

/** What people did and said in the last seven days; a page to print has the same. */
export function RecordView() {
  const text = useText();
  const { t, word, name, language } = text;
  const records = useQuery(coldQueries.dutyRecords());
  return (
    <>
      <div className="row">
        <span className="caption">{t('duties.lastWeek')}</span>
        <span className="grow" />
        <a href={`/api/v1/duties/records.html?lang=${language}`} target="_blank" rel="noreferrer">{t('duties.print')}</a>
        <a href="/api/v1/duties/records.csv">{t('desk.csv')}</a>
      </div>
      <div className="table-scroll">
        <Loaded query={records} rows={8}>
          {({ items }) => items.length === 0 ? <Empty>{t('duties.noRecord')}</Empty> : (
            <table className="list">
              <thead>
                <tr>
                  <th>{t('desk.when')}</th>
                  <th>{t('duties.what')}</th>
                  <th>{t('duties.store')}</th>
                  <th>{t('duties.said')}</th>
                  <th className="number">{t('duties.probe')}</th>
                  <th className="number">{t('duties.difference')}</th>
                  <th>{t('desk.who')}</th>
                  <th>{t('duties.comment')}</th>
                </tr>
              </thead>
              <tbody>
                {[...items].reverse().map((record) => (
                  <tr key={record.id} data-testid="duty-record" className={record.corrected_by === null ? '' : 'muted'}>
                    <td className="nowrap"><Moment at={record.at} /> {record.punctuality !== 'in_time' && <b className="warning">◆ {word('punctuality', record.punctuality)}</b>}</td>
                    <td>{word('dutyKind', record.kind)}</td>
                    <td>{name(record)}</td>
                    <td>{said(text, record)}{record.corrected_by !== null && <small> · {t('duties.corrected')}</small>}</td>
                    <td className="number">{record.probe_value_c === null ? t('state.none') : formatTemperature(record.probe_value_c)}</td>
                    <td className="number">{record.difference_c === null ? t('state.none') : <span className={record.agreement === 'disagrees' ? 'high' : ''} title={record.agreement === null ? '' : word('agreement', record.agreement)}>{record.agreement === 'disagrees' && '▲ '}{formatTemperature(record.difference_c, 2)}</span>}</td>
                    <td>{record.person}</td>
                    <td>{record.comment}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Loaded>
      </div>
    </>
  );
}

function said({ t, word }: Text, record: DutyRecord): string {
  if (record.outcome === 'read') return record.value_c === null ? t('state.none') : formatTemperature(record.value_c);
  return word('dutyOutcome', record.outcome);
}

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Split } from '../ui/Split';
import { useRowKeys } from '../ui/useRowKeys';
import { PatientForm } from './PatientForm';

/** What the hospital knows of its patients, by pseudonym only. */
export function PatientsView() {
  const { t, word, pick } = useText();
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const patients = useQuery({ ...deskQueries.patients(q), placeholderData: keepPreviousData });
  const items = patients.data?.items ?? [];
  const fresh = params.get('new') !== null;
  const inHand = fresh ? null : (items.find(({ pseudonym }) => pseudonym === params.get('patient')) ?? items[0] ?? null);
  const choose = (patient: string) => setParams({ view: 'patients', patient }, { replace: true });
  const onKeyDown = useRowKeys();
  return (
    <Split label={t('desk.inHand')} side={<PatientForm key={inHand?.pseudonym ?? 'new'} patient={inHand} onDone={choose} />}>
      <div className="row">
        <Input className="desk-search" allowClear aria-label={t('desk.search')} placeholder={t('custody.pseudonym')} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <span className="grow" />
        <Button data-testid="patient-new" onClick={() => setParams({ view: 'patients', new: '1' }, { replace: true })}>{t('custody.newPatient')}</Button>
      </div>
      <div className="table-scroll">
        <Loaded query={patients} rows={6}>
          {() =>
            items.length === 0 ? (
              <Empty>{t('custody.noPatients')}</Empty>
            ) : (
              <table className="list">
                <thead>
                  <tr>
                    <th>{t('custody.pseudonym')}</th>
                    <th>{t('desk.group')}</th>
                    <th>{t('custody.antibodies')}</th>
                    <th>{t('custody.requirements')}</th>
                    <th>{t('custody.updated')}</th>
                  </tr>
                </thead>
                <tbody onKeyDown={onKeyDown}>
                  {items.map((one) => (
                    <tr key={one.pseudonym} className={`can-open ${one === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="patient-row" onClick={() => choose(one.pseudonym)}>
                      <td className="mono">{one.pseudonym}</td>
                      <td>{one.group === null ? <span className="muted">{t('custody.groupUnknown')}</span> : <b>{formatGroup(one.group)}</b>}</td>
                      <td>{one.antibodies.join(pick(', ', '、'))}</td>
                      <td>{one.requirements.map((need) => word('requirement', need)).join(pick(', ', '、'))}</td>
                      <td><Moment at={one.updated_at} /><span className="caption">{one.updated_by}</span></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </div>
    </Split>
  );
}

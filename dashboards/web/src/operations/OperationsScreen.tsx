import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { deskQueries } from '../api/deskQueries';
import { useText } from '../i18n/text';
import { Chips } from '../ui/Chips';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { OperationTable } from './OperationTable';
import { OperationWork } from './OperationWork';
import { operationKey } from './plan';

/** What people do with bags at the bench: choose it, scan what goes in, write down what was measured. */
export default function OperationsScreen() {
  const { t, word } = useText();
  const [params, setParams] = useSearchParams();
  const operations = useQuery(deskQueries.operations());
  const [chosen, setChosen] = useState<string | null>(null);
  const byHand = operations.data?.items ?? [];
  const kinds = [...new Set(byHand.map((one) => one.operation))];
  const kind = kinds.find((one) => one === params.get('operation')) ?? kinds[0];
  const variants = byHand.filter((one) => one.operation === kind);
  const inHand = variants.find((one) => operationKey(one) === chosen) ?? variants[0];
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('hops.title')}</h1>
        <span className="muted">{t('hops.what')}</span>
      </div>
      <Split label={t('desk.inHand')} side={inHand === undefined ? <p className="muted">{t('hops.pick')}</p> : <OperationWork key={operationKey(inHand)} operation={inHand} />}>
        <Loaded query={operations} rows={6}>
          {() =>
            kind === undefined ? (
              <Empty>{t('hops.none')}</Empty>
            ) : (
              <>
                <Chips
                  name="operation"
                  label={t('hops.operation')}
                  value={kind}
                  onChange={(next) => {
                    setChosen(null);
                    setParams({ operation: next }, { replace: true });
                  }}
                  options={kinds.map((value) => ({ value, label: word('handOp', value) }))}
                />
                <div className="table-scroll">
                  <OperationTable operations={variants} inHand={inHand === undefined ? null : operationKey(inHand)} onChoose={(one) => setChosen(operationKey(one))} />
                </div>
              </>
            )
          }
        </Loaded>
      </Split>
    </div>
  );
}

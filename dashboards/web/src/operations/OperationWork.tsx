import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { HandOperation, OperationOutcome } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { withBag } from '../scan/pairs';
import { ScanBags } from '../scan/ScanBags';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { Unconfirmed } from '../ui/Unconfirmed';
import { MeasureFields } from './MeasureFields';
import { bodyOf, missingOf, NEW_DRAFT, volumesOf, type HandDraft, type Missing } from './plan';

/** One operation at the bench, from the first scan to what was made of it. */
export function OperationWork({ operation }: { operation: HandOperation }) {
  const text = useText();
  const { t, word, name } = text;
  const plant = useQuery(queries.plant());
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  const [draft, setDraft] = useState<HandDraft>(NEW_DRAFT);
  const [made, setMade] = useState<OperationOutcome | null>(null);
  const change = (part: Partial<HandDraft>) => setDraft((old) => ({ ...old, ...part }));
  const body = bodyOf(operation, draft);
  const send = async (signatures?: [string, string]) => {
    const outcome = await api.post<OperationOutcome>('/operations', signatures === undefined ? body : { ...body, signatures });
    setMade(outcome);
    setDraft(NEW_DRAFT);
    for (const key of ['bags', 'bag', 'batches', 'labels', 'holds']) void client.invalidateQueries({ queryKey: [key] });
  };
  const doIt = useMutation({ mutationFn: () => send() });
  const missing = missingOf(operation, draft);
  const refused = forbidden ?? (missing === null ? null : missingText(missing));
  const outputs = operation.output === null ? [] : [operation.output, ...operation.also];
  function volumeName(nth: number): string {
    const output = operation.volumes === null ? undefined : outputs[nth];
    return output === undefined ? t('hops.volume', { nth: nth + 1 }) : t('hops.volumeOf', { component: componentName(text, plant.data, output) });
  }
  function missingText(one: Missing): string {
    switch (one.what) {
      case 'bags':
        return t('hops.needBags', { n: one.n });
      case 'too_many':
        return t('hops.tooMany', { n: one.n });
      case 'volume':
        return t('hops.needVolume', { what: volumeName(one.n - 1) });
      case 'measure':
        return t('hops.needMeasure', { name: name(one) });
      case 'reason':
        return t('desk.reasonNeeded');
    }
  }
  return (
    <div className="card" data-testid="operation" data-operation={operation.operation}>
      <div className="card-head">
        <h2>{word('handOp', operation.operation)}</h2>
        <Unconfirmed status={operation.status} source={operation.source} />
      </div>
      {made !== null && <Made outcome={made} />}
      <ScanBags onBag={(bag) => change({ bags: withBag(draft.bags, bag) })} disabled={forbidden !== null} />
      <ul className="lines">
        {draft.bags.map((bag) => (
          <li key={bag.id} className="lines-row" data-testid="operation-bag"><BagLink bag={bag.id} /><Button size="small" type="text" onClick={() => change({ bags: draft.bags.filter(({ id }) => id !== bag.id) })}>{t('desk.remove')}</Button></li>
        ))}
      </ul>
      {operation.volumes === null && (
        <Field label={t('hops.pieces')}>
          <InputNumber data-testid="operation-pieces" min={2} max={operation.max_pieces} precision={0} value={draft.pieces} onChange={(pieces) => change({ pieces: pieces ?? 2 })} />
        </Field>
      )}
      {volumesOf(operation, draft.pieces) > 0 && (
        <div className="field-row">
          {Array.from({ length: volumesOf(operation, draft.pieces) }, (_, nth) => (
            <Field key={nth} label={volumeName(nth)}>
              <Input
                suffix="mL"
                inputMode="decimal"
                data-testid={`operation-volume-${nth + 1}`}
                value={draft.volumes[nth] ?? ''}
                onChange={(event) => change({ volumes: Array.from({ length: Math.max(draft.volumes.length, nth + 1) }, (__, at) => (at === nth ? event.target.value : (draft.volumes[at] ?? ''))) })}
              />
            </Field>
          ))}
        </div>
      )}
      <MeasureFields operation={operation} values={draft.measures} onChange={(measures) => change({ measures })} />
      <Field label={t(operation.approval ? 'hops.reasonNeeded' : 'hops.reason')}>
        <Input maxLength={500} data-testid="operation-reason" value={draft.reason} onChange={(event) => change({ reason: event.target.value })} />
      </Field>
      {operation.approval ? (
        <TwoSignatures key={JSON.stringify(body)} act="bag.relabel" subject={draft.bags[0]?.id ?? ''} content={body} meaning={t('hops.meaning')} doIt={t('hops.do')} refused={refused} onDone={(signatures) => send(signatures)} />
      ) : (
        <>
          <div className="row">
            <Button type="primary" data-testid="operation-do" disabled={refused !== null} loading={doIt.isPending} onClick={() => doIt.mutate()}>{t('hops.do')}</Button>
            {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
          </div>
          <Refusal error={doIt.error} />
        </>
      )}
    </div>
  );
}

function Made({ outcome }: { outcome: OperationOutcome }) {
  const { t } = useText();
  const held = new Set(outcome.held);
  return (
    <section role="status" data-testid="operation-made">
      <h3>✓ {t('hops.made', { n: outcome.children.length })}</h3>
      <ul className="lines">
        {outcome.children.map((bag) => (
          <li key={bag} className="lines-row"><BagLink bag={bag} />{held.has(bag) ? <b className="warning">▲ {t('hops.heldLimit')}</b> : <span className="label">{t('hops.waitsLabel')}</span>}</li>
        ))}
      </ul>
    </section>
  );
}

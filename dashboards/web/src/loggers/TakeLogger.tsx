import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { LoggerMapping, LoggerPreview, LoggerTaken } from '../api/types';
import { formatNumber } from '../format/number';
import { useText, type TextKey } from '../i18n/text';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { FileChooser, type ChosenFile } from '../ui/FileChooser';
import { FileFaults } from '../ui/FileFaults';
import { LoggerHolds } from './LoggerHolds';

type Delimiter = LoggerMapping['delimiter'];
const DELIMITERS: readonly [Delimiter, TextKey][] = [[',', 'loggers.delimiter.comma'], [';', 'loggers.delimiter.semicolon'], ['\t', 'loggers.delimiter.tab']];
const USUAL: LoggerMapping = { time: 'timestamp', celsius: 'celsius', delimiter: ',', timezone: null };

/** A file of a logger: looked into first, then taken as it was seen. Whatever is changed has to be looked into again. */
export function TakeLogger() {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  const plant = useQuery(queries.plant());
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [mapping, setMapping] = useState<LoggerMapping>(USUAL);
  const [box, setBox] = useState<string | null>(null);
  const [shipment, setShipment] = useState('');
  const look = useMutation({ mutationFn: (chosen: ChosenFile) => api.post<LoggerPreview>('/loggers/preview', { name: chosen.name, text: chosen.text, mapping, box }) });
  const take = useMutation({
    mutationFn: (chosen: ChosenFile) => api.post<LoggerTaken>('/loggers', { name: chosen.name, text: chosen.text, mapping, box, shipment: shipment.trim() === '' ? null : shipment.trim() }),
    onSuccess: () => {
      for (const key of ['loggers', 'bags', 'holds']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const changed = <T,>(set: (value: T) => void) => (value: T) => {
    look.reset();
    take.reset();
    set(value);
  };
  const refused = forbidden ?? (file === null ? t('loggers.fileNeeded') : null);
  // Single readings belong to the air of a box; a shipment with one box names it.
  const homeless = look.data !== undefined && look.data.readings !== null && box === null && shipment.trim() === '';
  const notTaken = refused ?? (look.data === undefined ? t('loggers.lookNeeded') : homeless ? t('loggers.boxNeeded') : null);
  return (
    <div className="card" data-testid="take-logger">
      <h2>{t('loggers.new')}</h2>
      <FileChooser label={t('loggers.choose')} file={file} disabled={forbidden !== null} onChoose={changed(setFile)} />
      <Mapping mapping={mapping} onChange={changed(setMapping)} />
      <div className="field-row">
        <Field label={t('loggers.boxSearch')}>
          <Select allowClear showSearch data-testid="logger-box" value={box} onChange={(next: string | undefined) => changed(setBox)(next ?? null)} options={plant.data?.boxes.map(({ id }) => ({ value: id, label: id }))} />
        </Field>
        <Field label={t('loggers.shipment')}>
          <Input data-testid="logger-shipment" maxLength={120} autoComplete="off" value={shipment} onChange={(event) => setShipment(event.target.value)} />
        </Field>
      </div>
      <div className="row">
        <Button data-testid="logger-look" disabled={refused !== null} loading={look.isPending} onClick={() => file !== null && look.mutate(file)}>{t('loggers.look')}</Button>
        <Button type="primary" data-testid="logger-take" disabled={notTaken !== null || take.isSuccess} loading={take.isPending} onClick={() => file !== null && take.mutate(file)}>{t('loggers.take')}</Button>
      </div>
      {notTaken !== null && <p className="caption">{t('state.notNow')}{notTaken}</p>}
      <FileFaults error={take.error ?? look.error} />
      {take.data && <p role="status" data-testid="logger-taken">✓ {take.data.is_new ? t('loggers.taken', { readings: formatNumber(take.data.readings), bags: take.data.joined_bags.length, holds: take.data.holds.length }) : t('loggers.again')}</p>}
      {look.data && <LoggerHolds preview={look.data} hasBox={box !== null} />}
    </div>
  );
}

function Mapping({ mapping, onChange }: { mapping: LoggerMapping; onChange: (mapping: LoggerMapping) => void }) {
  const { t } = useText();
  const text = (key: 'time' | 'celsius' | 'timezone', label: string) => (
    <Field label={label}>
      <Input maxLength={80} autoComplete="off" data-testid={`map-${key}`} value={mapping[key] ?? ''} onChange={(event) => onChange({ ...mapping, [key]: event.target.value === '' && key === 'timezone' ? null : event.target.value })} />
    </Field>
  );
  return (
    <details className="logger-mapping">
      <summary>{t('loggers.columns')}: <span className="mono">{mapping.time}, {mapping.celsius}</span></summary>
      <div className="field-row">{text('time', t('loggers.time'))}{text('celsius', t('loggers.celsius'))}</div>
      {text('timezone', t('loggers.zone'))}
      <Chips name="delimiter" label={t('loggers.delimiter')} value={mapping.delimiter} onChange={(delimiter) => onChange({ ...mapping, delimiter })} options={DELIMITERS.map(([value, key]) => ({ value, label: t(key) }))} />
    </details>
  );
}

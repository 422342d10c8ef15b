import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Input, Select } from 'antd';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { hasWindow, SUBJECTS, type Draft } from './draft';
import { toInstant } from './siteTime';

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

/** What is recalled: a donation, a donor, a batch, or what was in a device or a place during a time. */
export function ScopeForm({ draft, onChange }: Props) {
  const { t, word } = useText();
  const zone = useTimezone();
  const { subject, given } = draft;
  const give = (value: string) => onChange({ ...draft, given: value });
  return (
    <>
      <Chips name="recall-by" label={t('recall.about')} value={subject} onChange={(next) => onChange({ subject: next, given: '', from: null, to: null })} options={SUBJECTS.map((value) => ({ value, label: word('recall.by', value) }))} />
      {subject === 'din' && <Field label={t('recall.by.din')}><Input className="mono" autoFocus data-testid="recall-subject" placeholder={t('recall.scanDin')} value={given} onChange={(event) => give(event.target.value)} /></Field>}
      {subject === 'donor' && <Field label={t('recall.by.donor')}><Input className="mono" autoFocus data-testid="recall-subject" placeholder={t('recall.donorHint')} value={given} onChange={(event) => give(event.target.value)} /></Field>}
      {subject === 'batch' && <BatchChoice given={given} onGive={give} />}
      {subject === 'device' && <DeviceChoice given={given} onGive={give} />}
      {subject === 'place' && <PlaceChoice given={given} onGive={give} />}
      {hasWindow(subject) && (
        <div className="field-row">
          {(['from', 'to'] as const).map((end) => (
            <Field key={end} label={t(`recall.${end}`)}>
              <Input type="datetime-local" data-testid={`recall-${end}`} onChange={(event) => onChange({ ...draft, [end]: toInstant(event.target.value, zone) })} />
            </Field>
          ))}
        </div>
      )}
    </>
  );
}

interface Choice {
  given: string;
  onGive: (value: string) => void;
}

function BatchChoice({ given, onGive }: Choice) {
  const { t, word } = useText();
  const batches = useQuery(queries.batches());
  const options = batches.data?.items.map((batch) => ({ value: batch.id, label: `${word('recipe', batch.recipe ?? batch.kind)} · ${t('common.bagsN', { n: batch.bags.length })} · ${batch.id}` }));
  return (
    <Field label={t('recall.by.batch')}>
      <AutoComplete data-testid="recall-subject" showSearch={{ filterOption: (typed, option) => (option?.label ?? '').includes(typed) }} value={given} onChange={onGive} options={options} />
    </Field>
  );
}

function DeviceChoice({ given, onGive }: Choice) {
  const { t, name } = useText();
  const plant = useQuery(queries.plant());
  return (
    <Field label={t('recall.by.device')}>
      <AutoComplete data-testid="recall-subject" placeholder={t('recall.deviceHint')} showSearch={{ filterOption: (typed, option) => (option?.label ?? '').includes(typed) }} value={given} onChange={onGive} options={plant.data?.devices.map((device) => ({ value: device.id, label: `${name(device)} · ${device.id}` }))} />
    </Field>
  );
}

function PlaceChoice({ given, onGive }: Choice) {
  const { t, name } = useText();
  const plant = useQuery(queries.plant());
  return (
    <Field label={t('recall.by.place')}>
      <Select data-testid="recall-subject" placeholder={t('bags.place')} showSearch={{ optionFilterProp: 'label' }} value={given === '' ? undefined : given} onChange={onGive} options={plant.data?.places.map((place) => ({ value: place.path, label: name(place) }))} />
    </Field>
  );
}

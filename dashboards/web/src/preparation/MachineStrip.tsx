import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import type { Batch, PlantView } from '../api/types';
import { formatAge, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';

const KINDS: ReadonlySet<string> = new Set(['prep_robot', 'quick_freezer']);

interface Props {
  plant: PlantView;
  batches: readonly Batch[];
  onChoose: (batch: string) => void;
}

/** Robots and freezer: what each says of itself, and the batch that it has. */
export function MachineStrip({ plant, batches, onChoose }: Props) {
  const { t, word, name, language } = useText();
  const floor = useQuery(queries.floor());
  const now = useDomainNow();
  return (
    <div className="prep-machines">
      {plant.devices.filter(({ kind }) => KINDS.has(kind)).map((device) => {
        const state = floor.data?.devices.find((one) => one.device === device.id)?.state ?? 'unknown';
        const running = batches.find((batch) => batch.device === device.id && (batch.state === 'accepted' || batch.state === 'sent'));
        const since = running?.started_at;
        const what = running && t('prep.machineBags', {
          recipe: word('recipe', running.recipe ?? running.kind),
          n: running.bags.length,
          age: since && now !== null ? formatAge(now - instant(since), language) : word('batchState', running.state),
        });
        return (
          <button key={device.id} type="button" className="prep-machine" data-testid={`machine-${device.id}`} data-state={state} disabled={!running} onClick={() => running && onChoose(running.id)}>
            <span className="label">{name(device)}</span>
            <b>{word('machineState', state)}</b>
            <span className="caption">{what ?? t('prep.machineIdle')}</span>
          </button>
        );
      })}
    </div>
  );
}

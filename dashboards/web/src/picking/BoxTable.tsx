import type { PickingBox, PlantView } from '../api/types';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { placeName } from '../tasks/placeName';
import { Empty } from '../ui/Empty';

const REFUSED = 'refused';
/** What still needs a hand in the house comes first, what is away last. */
const ORDER: readonly PickingBox['state'][] = ['refused', 'packing', 'packed', 'checked', 'in_lock', 'in_transit', 'at_hospital', 'returning'];

/** Boxes in use; a refused one says which bags are missing and which do not belong. */
export function BoxTable({ boxes, plant }: { boxes: readonly PickingBox[]; plant: PlantView }) {
  const { t, word, name, pick } = useText();
  const places = new Map(plant.places.map((place) => [place.path, name(place)]));
  const used = boxes.filter(({ state }) => state !== 'empty').sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  // Below a place outside lie ids, which say nothing to a person.
  const where = (path: string) => {
    const outside = plant.places.find((place) => place.kind === 'outside' && path.startsWith(`${place.path}/`) && !places.has(path));
    return outside === undefined ? placeName(path, places) : name(outside);
  };
  const named = (bags: readonly string[]) => bags.map((bag) => formatDin(bag.split('-')[0] ?? bag)).join(pick(', ', '、'));
  return (
    <div className="table-scroll picking-boxes">
      {used.length === 0 ? (
        <Empty>{t('picking.noBoxes')}</Empty>
      ) : (
        <table className="list">
          <thead>
            <tr>
              <th>{t('picking.box')}</th>
              <th>{t('picking.boxKind')}</th>
              <th>{t('picking.boxState')}</th>
              <th>{t('picking.boxPlace')}</th>
              <th>{t('picking.boxFor')}</th>
              <th className="number">{t('picking.boxBags')}</th>
            </tr>
          </thead>
          <tbody>
            {used.map((box) => (
              <tr key={box.id} data-testid="picking-box" data-box={box.id} data-state={box.state}>
                <td className="mono nowrap">{box.id.toUpperCase()}</td>
                <td>{word('boxKind', box.kind)}</td>
                <td className={box.state === REFUSED ? 'high' : ''}>
                  {word('boxState', box.state)}{box.fault !== null && ` · ${word('boxFault', box.fault)}`}
                  {box.mismatch && box.mismatch.missing.length > 0 && <span className="picking-mismatch">{t('picking.missing', { bags: named(box.mismatch.missing) })}</span>}
                  {box.mismatch && box.mismatch.extra.length > 0 && <span className="picking-mismatch">{t('picking.extra', { bags: named(box.mismatch.extra) })}</span>}
                </td>
                <td>{box.place === null ? <span className="muted">{t('state.none')}</span> : where(box.place)}</td>
                <td className="caption mono">{box.shipment ?? t('state.none')}</td>
                <td className="number">{box.bags.length}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

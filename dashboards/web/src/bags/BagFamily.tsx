import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import type { Bag } from '../api/types';
import { useText } from '../i18n/text';
import { Panel } from '../ui/Panel';
import { boxBeside, layoutFamily, type FamilyBox, type FamilyDrawing, type FamilyLink } from './familyLayout';
import { FamilyNode } from './FamilyNode';
import './BagFamily.css';

/** Pixels: a box and the way from one column, and one row, to the next. */
const BOX = { width: 172, height: 44 };
const STEP = { x: 262, y: 56 };

/** The whole family, from the needles to what the blood became; the bag in hand is dark. Arrow keys walk along the lines. */
export function BagFamily({ bag }: { bag: Bag }) {
  const { t } = useText();
  const drawing = useMemo(() => layoutFamily(bag.family), [bag.family]);
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const here = field.current?.querySelector<HTMLElement>('[aria-current]')?.parentElement;
    if (field.current && here) field.current.scrollLeft = here.offsetLeft + here.offsetWidth - field.current.clientWidth;
  }, [bag.id, drawing]);
  const onKeyDown = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).dataset.family;
    const to = from === undefined ? null : boxBeside(drawing, from, event.key);
    if (to === null) return;
    event.preventDefault();
    [...(field.current?.querySelectorAll<HTMLElement>('[data-family]') ?? [])].find((node) => node.dataset.family === to)?.focus();
  };
  const caption = bag.family.is_cut ? t('family.cut', { n: bag.family.nodes.length }) : t('family.n', { n: bag.family.nodes.length });
  return (
    <Panel title={t('bag.family')} caption={caption}>
      <div className="family" ref={field} role="group" aria-label={t('family.label', { n: bag.family.nodes.length })} onKeyDown={onKeyDown}>
        <div className="family-field" style={{ width: drawing.columns * STEP.x - (STEP.x - BOX.width), height: drawing.rows * STEP.y }}>
          <svg aria-hidden width="100%" height="100%">{drawing.links.map((link) => <Line key={`${link.from}>${link.to}`} drawing={drawing} link={link} />)}</svg>
          {drawing.boxes.map((box) => (
            <div key={box.id} className="family-at" style={{ left: leftOf(box), top: topOf(box), width: BOX.width, height: BOX.height }}>
              <FamilyNode box={box} current={box.id === bag.id} collectedAt={box.din === bag.din ? bag.collected_at : null} />
            </div>
          ))}
        </div>
      </div>
    </Panel>
  );
}

const leftOf = (box: FamilyBox): number => box.column * STEP.x;
const topOf = (box: FamilyBox): number => box.row * STEP.y + (STEP.y - BOX.height) / 2;

function Line({ drawing, link }: { drawing: FamilyDrawing; link: FamilyLink }) {
  const { word } = useText();
  const from = drawing.boxes.find(({ id }) => id === link.from);
  const to = drawing.boxes.find(({ id }) => id === link.to);
  if (from === undefined || to === undefined) return null;
  const x = leftOf(from) + BOX.width;
  const y = topOf(from) + BOX.height / 2;
  const turn = leftOf(to) - 14;
  return (
    <>
      <path d={`M${x} ${y}H${turn}V${topOf(to) + BOX.height / 2}H${leftOf(to)}`} />
      {link.named && link.operation !== null && <text x={x + 5} y={y - 5}>{word('recipe', link.operation)}</text>}
    </>
  );
}

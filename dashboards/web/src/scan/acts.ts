import { dinOf, productOf } from '../bags/scanText';
import type { TextKey } from '../i18n/text';

/** What a person does with a scanner where a machine would do it. */
export type ScanAct =
  | 'receive' | 'return' | 'label'
  | 'put_away' | 'move' | 'task' | 'count'
  | 'pick' | 'gate' | 'pack' | 'take_out' | 'close' | 'box_check' | 'let_go'
  | 'load' | 'hand_over';

export type Code = 'din' | 'product' | 'place' | 'box';

/** Something that is chosen on the screen before the first scan. */
export type SubjectKind = 'task' | 'return' | 'count' | 'shipment' | 'trip' | 'stop';

export interface ActRule {
  subject: SubjectKind | null;
  /** Scanned once and kept for all that follows. */
  keeps: 'box' | null;
  /** Scanned for each one, in this order. */
  codes: readonly Code[];
  /** A place may be scanned at any time and holds from then on. */
  mayPlace: boolean;
  /** `each` is sent at once; `list` is gathered until the person says that it is whole; `answers` asks two questions first. */
  sends: 'each' | 'list' | 'answers';
}

const BAG: readonly Code[] = ['din', 'product'];
const rule = (codes: readonly Code[], more: Partial<ActRule> = {}): ActRule => ({ subject: null, keeps: null, mayPlace: false, sends: 'each', ...more, codes });

export const ACTS: Record<ScanAct, ActRule> = {
  receive: rule(['din']),
  return: rule(BAG, { subject: 'return' }),
  label: rule(BAG),
  put_away: rule([...BAG, 'place']),
  move: rule([...BAG, 'place']),
  task: rule([...BAG, 'place'], { subject: 'task' }),
  count: rule(BAG, { subject: 'count', mayPlace: true }),
  pick: rule(BAG),
  gate: rule(BAG),
  pack: rule(BAG, { keeps: 'box' }),
  take_out: rule(BAG, { keeps: 'box' }),
  close: rule(['box'], { sends: 'answers' }),
  box_check: rule(BAG, { keeps: 'box', sends: 'list' }),
  let_go: rule(BAG, { subject: 'shipment', sends: 'list' }),
  load: rule(['box'], { subject: 'trip' }),
  hand_over: rule(['box'], { subject: 'stop' }),
};

export function isAct(text: string | null): text is ScanAct {
  return text !== null && text in ACTS;
}

/** The acts as the chooser shows them, along the way of a bag. */
export const GROUPS: readonly { key: TextKey; acts: readonly ScanAct[] }[] = [
  { key: 'scan.group.in', acts: ['receive', 'return', 'label'] },
  { key: 'scan.group.store', acts: ['put_away', 'move', 'task', 'count'] },
  { key: 'scan.group.out', acts: ['pick', 'gate', 'pack', 'take_out', 'close', 'box_check', 'let_go'] },
  { key: 'scan.group.road', acts: ['load', 'hand_over'] },
];

export interface BagCodes {
  din_scan: string;
  product_scan: string;
}

/** What was scanned since the last answer. */
export interface Round {
  kept: string | null;
  place: string | null;
  scans: Partial<Record<Code, string>>;
  list: readonly BagCodes[];
}

export const NEW_ROUND: Round = { kept: null, place: null, scans: {}, list: [] };

/** The code that is scanned next; null when everything is there. */
export function nextCode(act: ActRule, round: Round): Code | null {
  if (act.keeps !== null && round.kept === null) return act.keeps;
  return act.codes.find((code) => round.scans[code] === undefined) ?? null;
}

/** The bag that this round speaks of, as far as it was scanned. */
export function bagOf(scans: Round['scans']): string | null {
  const din = dinOf(scans.din ?? '');
  const product = productOf(scans.product ?? '');
  return din === null || product === null ? null : `${din}-${product}`;
}

export type Step =
  | { kind: 'waits'; round: Round }
  | { kind: 'complete'; round: Round }
  | { kind: 'wrong'; expected: Code; got: Code | null }
  | { kind: 'unknown'; expected: Code };

/** Is there such a box or place? */
export type Knows = (code: Code, text: string) => boolean;

function kindOf(text: string): 'din' | 'product' | null {
  if (productOf(text) !== null) return 'product';
  return dinOf(text) === null ? null : 'din';
}

/** What one scan means at this point; a label of the wrong kind stops, it is never guessed where it belongs. */
export function step(act: ActRule, round: Round, scanned: string, knows: Knows = () => true): Step {
  const text = scanned.trim();
  const lower = text.toLowerCase();
  const got = kindOf(text);
  const expected = nextCode(act, round);
  if (expected === null) return { kind: 'complete', round };
  if (act.mayPlace && got === null && Object.keys(round.scans).length === 0) {
    return knows('place', lower) ? { kind: 'waits', round: { ...round, place: lower } } : { kind: 'unknown', expected: 'place' };
  }
  if (got === 'din' && expected === 'product' && dinOf(text) === dinOf(round.scans.din ?? '')) return { kind: 'waits', round };
  const isBagCode = expected === 'din' || expected === 'product';
  if (isBagCode ? got !== expected : got !== null) return { kind: 'wrong', expected, got };
  if (!isBagCode && !knows(expected, lower)) return { kind: 'unknown', expected };
  if (act.keeps !== null && expected === act.keeps) return { kind: 'waits', round: { ...round, kept: lower } };
  const after: Round = { ...round, scans: { ...round.scans, [expected]: isBagCode ? text : lower } };
  if (nextCode(act, after) !== null) return { kind: 'waits', round: after };
  if (act.sends !== 'list') return act.sends === 'each' ? { kind: 'complete', round: after } : { kind: 'waits', round: after };
  return { kind: 'waits', round: { ...after, scans: {}, list: joined(after.list, codesOf(after.scans)) } };
}

/** Both codes of the scanned bag, as the API wants them. */
export function codesOf(scans: Round['scans']): BagCodes {
  return { din_scan: scans.din ?? '', product_scan: scans.product ?? '' };
}

/** A bag scanned twice is one bag. */
function joined(list: readonly BagCodes[], one: BagCodes): readonly BagCodes[] {
  const id = ({ din_scan, product_scan }: BagCodes) => bagOf({ din: din_scan, product: product_scan });
  return list.some((known) => id(known) === id(one)) ? list : [...list, one];
}

/** After an answer: the box and the place hold on, what was scanned of one bag never does. */
export function afterAnswer(act: ActRule, round: Round, accepted: boolean): Round {
  return { ...NEW_ROUND, kept: act.sends === 'list' && accepted ? null : round.kept, place: round.place, list: act.sends === 'list' && !accepted ? round.list : [] };
}

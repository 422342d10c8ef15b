import { describe, expect, test } from 'vitest';
import type { CustodyBag, DonationTests, Gate, HandOperation, LaboratoryTest, RegistryRequest, ReleaseItem, Return, Shipment } from '../src/api/types';
import { fateBody, fateNeeds, needsSignatures, type FateDraft } from '../src/custody/fateDraft';
import { forWhom } from '../src/custody/forWhom';
import { isoSeconds } from '../src/format/isoSeconds';
import { subjectOf } from '../src/holds/scopes';
import { textFor } from '../src/i18n/text';
import { faultText } from '../src/laboratory/faults';
import { openPoints, runsOf, toneOfValue } from '../src/laboratory/values';
import { bodyOf, missingOf, NEW_DRAFT, sideOf, volumesOf } from '../src/operations/plan';
import { boxesOf, strangers } from '../src/orders/boxesOf';
import { dosesFound, wantedOf } from '../src/registries/wanted';
import { inOrder, keeping, openAfter, waitingAt } from '../src/release/gates';
import { awaited, isOpen, toDecide } from '../src/returns/state';
import { pair, withBag } from '../src/scan/pairs';
import { csvOf } from '../src/ui/csv';
import { linesOf } from '../src/ui/FileChooser';
import { isUnconfirmed } from '../src/ui/Unconfirmed';

describe('two bar codes of one label', () => {
  test('the product code joins the donation code that was read before it', () => {
    const first = pair(null, ']C1=A99992600000100');
    expect(first).toEqual({ kind: 'din', din: ']C1=A99992600000100' });
    const second = pair(']C1=A99992600000100', ']C1=<D0002V00');
    expect(second.kind === 'bag' && second.bag).toEqual({ id: 'A999926000001-D0002V00', din_scan: ']C1=A99992600000100', product_scan: ']C1=<D0002V00' });
  });
  test('a product code alone belongs to nothing, and is not kept', () => expect(pair(null, '=<D0002V00')).toEqual({ kind: 'wrong', why: 'no_din' }));
  test('what is no label is refused', () => expect(pair('=A99992600000100', 'hello')).toEqual({ kind: 'wrong', why: 'none' }));
  test('another donation code takes the place of the one before', () => expect(pair('=A99992600000100', '=A99992600000200')).toEqual({ kind: 'din', din: '=A99992600000200' }));
  test('a whole number typed names its bag', () => expect(pair(null, 'a999926000001-d0002v00')).toMatchObject({ kind: 'bag', bag: { id: 'A999926000001-D0002V00' } }));
  test('a bag read twice is one bag', () => {
    const bag = { id: 'b', din_scan: 'd', product_scan: 'p' };
    expect(withBag(withBag([], bag), { ...bag })).toHaveLength(1);
  });
});

describe('gates', () => {
  const gate = (name: string, state: Gate['state'], can = false) => ({ gate: name, state, detail_en: '', detail_zh: '', can_override: can }) as Gate;
  const gates = [gate('tests', 'passed'), gate('label', 'pending'), gate('volume', 'failed', true), gate('group', 'passed')];
  test('what failed comes first, then what waits', () => expect(inOrder(gates).map((one) => one.gate)).toEqual(['volume', 'label', 'tests', 'group']));
  test('only what has not passed keeps the bag', () => expect(keeping(gates).map((one) => one.gate)).toEqual(['volume', 'label']));
  test('an override that leaves another gate does not let the bag go', () => {
    expect(openAfter(gates, ['volume'])).toBe(false);
    expect(openAfter([gate('volume', 'failed', true)], ['volume'])).toBe(true);
    expect(openAfter([gate('tests', 'failed')], ['tests'])).toBe(false);
  });
  test('the filter finds bags that wait at a gate', () => {
    const items = [{ bag: 'a', gates }, { bag: 'b', gates: [gate('label', 'passed')] }] as ReleaseItem[];
    expect(waitingAt(items, 'label').map(({ bag }) => bag)).toEqual(['a']);
    expect(waitingAt(items, null)).toHaveLength(2);
  });
});

describe('raw results', () => {
  const marker = { key: 'hbsag', kind: 'marker', negative: ['negative'], repeat: ['initially_reactive'], not_negative: ['reactive'], max: null } as unknown as LaboratoryTest;
  const alt = { key: 'alt', kind: 'limit', negative: [], repeat: [], not_negative: [], max: { value: 50, source: '', status: 'V' } } as unknown as LaboratoryTest;
  test('each value is judged by the algorithm of its test', () => {
    expect(['negative', 'initially_reactive', 'reactive'].map((value) => toneOfValue(marker, value))).toEqual(['plain', 'repeat', 'high']);
    expect(['50', '50.1'].map((value) => toneOfValue(alt, value))).toEqual(['plain', 'high']);
  });
  test('a value or a test that nobody knows is never in order', () => {
    expect(toneOfValue(marker, 'purple')).toBe('repeat');
    expect(toneOfValue(alt, 'n/a')).toBe('repeat');
    expect(toneOfValue(undefined, 'negative')).toBe('repeat');
  });
  test('runs stand in the order in which they were made', () => {
    const result = (run: string, at: string) => ({ run, at, test: 't', value: 'v', method: 'm', reagent: null, device: null, received_at: at });
    expect(runsOf([result('r2', '2026-11-20T09:00:00Z'), result('r1', '2026-11-20T08:00:00Z'), result('r2', '2026-11-20T09:01:00Z')]).map(({ run, results }) => [run, results.length])).toEqual([['r1', 1], ['r2', 2]]);
  });
  test('everything that is missing, to repeat or wrong is counted', () => expect(openPoints({ missing: ['a'], repeat: ['b', 'c'], faults: ['d: x'] } as DonationTests)).toBe(4));
  test('a fault is a sentence in both languages, and one of an unknown form stays as it came', () => {
    const named = (key: string) => ({ hbsag: 'HBsAg', alt: 'ALT' })[key] ?? key;
    expect(faultText(textFor('zh'), 'hbsag: reactive when repeated', named)).toBe('HBsAg：复检反应性');
    expect(faultText(textFor('en'), 'alt: 103.4 U/L, at most 50', named)).toBe('ALT: 103.4 U/L, at most 50');
    expect(faultText(textFor('zh'), 'alt: 103.4 U/L, at most 50', named)).toBe('ALT：103.4 U/L，上限 50');
    expect(faultText(textFor('zh'), 'something else', named)).toBe('something else');
  });
});

describe('an operation by hand', () => {
  const measure = { name: 'dose', name_en: 'Dose', name_zh: '剂量', unit: 'Gy', min: 25, max: 50 };
  const split: HandOperation = { operation: 'split', inputs: ['RBC_S'], output: null, also: [], min_parents: 1, max_parents: 1, max_pieces: 8, by: 'hand', keeps_bag: false, attributes: [], max_age_h: null, expiry: 'parents', expiry_limit_h: null, approval: false, volumes: null, measures: [], source: 's', status: 'V' };
  const bag = { id: 'A999926000001-D0002V00', din_scan: '=A99992600000100', product_scan: '=<D0002V00' };
  test('asks for one volume a piece, or for as many as it says', () => {
    expect(volumesOf(split, 3)).toBe(3);
    expect(volumesOf({ ...split, volumes: 0 }, 3)).toBe(0);
  });
  test('says what is missing in the order of the work', () => {
    expect(missingOf(split, NEW_DRAFT)).toEqual({ what: 'bags', n: 1 });
    expect(missingOf(split, { ...NEW_DRAFT, bags: [bag], volumes: ['140'] })).toEqual({ what: 'volume', n: 2 });
    expect(missingOf(split, { ...NEW_DRAFT, bags: [bag], volumes: ['140', '0'] })).toEqual({ what: 'volume', n: 2 });
    expect(missingOf(split, { ...NEW_DRAFT, bags: [bag], volumes: ['140', '135,5'] })).toBe(null);
    expect(missingOf({ ...split, volumes: 0, approval: true }, { ...NEW_DRAFT, bags: [bag] })).toEqual({ what: 'reason' });
  });
  test('a measure outside its limits is told, not hidden', () => {
    expect(['24', '25', '51', ''].map((value) => sideOf(measure, value))).toEqual(['low', 'inside', 'high', null]);
    expect(missingOf({ ...split, volumes: 0, measures: [measure] }, { ...NEW_DRAFT, bags: [bag], measures: { dose: '24' } })).toBe(null);
  });
  test('leaves out of the body what was not given: the signatures hold for exactly that', () => {
    expect(bodyOf({ ...split, volumes: 0 }, { ...NEW_DRAFT, bags: [bag] })).toEqual({ operation: 'split', bags: [{ din_scan: bag.din_scan, product_scan: bag.product_scan }] });
  });
});

describe('the fate of a bag', () => {
  const draft: FateDraft = { fate: 'wasted', at: '2026-11-20T08:00:00Z', administrator: 'a', verifier: 'a', cause: null, comment: '', temperatureOk: true, visualOk: null };
  const store = { status: 'RECEIVED' } as CustodyBag;
  const ward = { status: 'ISSUED' } as CustodyBag;
  const waste = [{ key: 'outdated', name_en: '', name_zh: '', proof: 'clock' as const }, { key: 'broken', name_en: '', name_zh: '', proof: 'people' as const }];
  test('waste names its cause', () => expect(fateNeeds(draft, store)).toBe('cause'));
  test('two different people name a transfusion and the waste of a bag on the ward', () => {
    expect(fateNeeds({ ...draft, fate: 'transfused' }, ward)).toBe('same_person');
    expect(fateNeeds({ ...draft, cause: 'broken', verifier: '' }, ward)).toBe('people');
    expect(fateNeeds({ ...draft, cause: 'broken' }, store)).toBe(null);
  });
  test('a bag of the store is wasted on two signatures unless the clock proves it', () => {
    expect(needsSignatures({ ...draft, cause: 'broken' }, store, waste)).toBe(true);
    expect(needsSignatures({ ...draft, cause: 'outdated' }, store, waste)).toBe(false);
    expect(needsSignatures({ ...draft, cause: 'broken' }, ward, waste)).toBe(false);
  });
  test('the body names every field, and nothing that does not belong to this fate', () => {
    expect(fateBody({ ...draft, cause: 'broken' }, store)).toEqual({ fate: 'wasted', at: draft.at, administrator: null, verifier: null, cause: 'broken', comment: '', temperature_ok: null, visual_ok: null });
  });
  test('what is signed is written in whole seconds, as the API writes it', () => expect(isoSeconds(Date.UTC(2026, 10, 20, 8, 0, 0, 999))).toBe('2026-11-20T08:00:00Z'));
  test('a bag is for the patient it went to, else for the one it is meant for or matched with', () => {
    const match = { counts: true, state: 'compatible', patient: 'P3' };
    const bag = { issue: { ended_at: null, patient: 'P1' }, intended_for: 'P2', crossmatches: [match] } as unknown as CustodyBag;
    expect(forWhom(bag)).toBe('P1');
    expect(forWhom({ ...bag, issue: null })).toBe('P2');
    expect(forWhom({ ...bag, issue: null, intended_for: null })).toBe('P3');
    expect(forWhom({ ...bag, issue: null, intended_for: null, crossmatches: [{ ...match, counts: false }] as CustodyBag['crossmatches'] })).toBe(null);
  });
});

describe('a shipment box by box', () => {
  const bag = (id: string, status: string) => ({ bag: id, status });
  const shipment = { bags: [bag('b1', 'IN_TRANSIT'), bag('b2', 'RECEIVED'), bag('b3', 'IN_TRANSIT')], boxes: [{ id: 'r20-1', bags: ['b1', 'b2'] }] } as unknown as Shipment;
  test('every bag stands in one box, and what lies in none is not forgotten', () => {
    expect(boxesOf(shipment).map(({ box, bags }) => [box?.id ?? null, bags.map((one) => one.bag)])).toEqual([['r20-1', ['b1', 'b2']], [null, ['b3']]]);
  });
  test('a bag that was read and is expected nowhere is named', () => expect(strangers(new Set(['b1', 'x9']), [shipment])).toEqual(['x9']));
});

describe('returns, requests, holds', () => {
  const back = { bags: [{ state: 'announced' }, { state: 'received' }, { state: 'quarantined' }, { state: 'restocked' }] } as Return;
  test('a resting bag has not had its last word', () => {
    expect(back.bags.map(isOpen)).toEqual([false, true, true, false]);
    expect([toDecide(back).length, awaited(back).length]).toEqual([1, 1]);
  });
  test('a request says what it wants as a laboratory writes it', () => {
    const request = { kind: 'rare', antigens_absent: ['Jka', 'U'], hla: null, antibodies: [], locks: [{ state: 'held' }, { state: 'released' }] } as unknown as RegistryRequest;
    expect(wantedOf(request)).toBe('Jka− U−');
    expect(wantedOf({ ...request, kind: 'platelet', hla: 'A2,24 B8,-', antibodies: ['HLA-A1'] })).toBe('A2,24 B8,- · anti-HLA-A1');
    expect(dosesFound(request)).toBe(1);
  });
  test('what is held is named in the form of its scope', () => {
    expect(subjectOf('bag', 'A999926000001-D0002V00')).toBe('A999926000001-D0002V00');
    expect(subjectOf('bag', '=A99992600000100')).toBe(null);
    expect(subjectOf('donation', '=A99992600000100')).toBe('A999926000001');
    expect(subjectOf('place', '')).toBe(null);
  });
});

describe('files and figures', () => {
  test('a CSV keeps commas, quotes and line ends, and runs no formula', () => {
    expect(csvOf([['a,b', 'say "x"', null, 1.5], ['=1+1', 'two\nlines', '', 0]])).toBe('"a,b","say ""x""",,1.5\r\n\'=1+1,"two\nlines",,0\r\n');
  });
  test('empty lines of a file are not counted', () => expect(linesOf('a\r\n\r\nb\n')).toBe(2));
  test('only what was read at its source is confirmed; unknown is not', () => expect(['V', 'S', 'unverified', 'design', null].map(isUnconfirmed)).toEqual([false, true, true, true, true]));
});

import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { overview } from './known/overview';
import { plant } from './known/plant';
import { anchorOf, domainNow } from '../src/live/clock';
import { freshnessOf } from '../src/live/freshness';
import { patchDoors, patchReadings } from '../src/live/patch';
import { ChangeGatherer } from '../src/live/topics';

describe('domain time', () => {
  const clock = { domain_now: '2026-11-20T06:32:08Z', real_now: '2026-11-22T00:00:00Z', rate: 60, simulated: true, site: { id: 's', name_en: '', name_zh: '', timezone: 'UTC' } };
  test('runs at the rate of the server between two of its messages', () => {
    const anchor = anchorOf(clock, 1000);
    expect(domainNow(anchor, 1000)).toBe(Date.UTC(2026, 10, 20, 6, 32, 8));
    expect(domainNow(anchor, 2000)).toBe(Date.UTC(2026, 10, 20, 6, 33, 8));
  });
});

test.each([[300, 'live'], [5_100, 'ageing'], [15_100, 'lost']])('a stream silent for %d ms is %s', (age, state) => expect(freshnessOf(age)).toBe(state));

describe('a reading', () => {
  const at = '2026-11-20T07:00:00Z';
  test('changes only the chamber of its probe', () => {
    const before = overview();
    const after = patchReadings(before, [{ probe: 'cold-1-load', value_c: 5.9, quality: 'good', at }]);
    expect(after.chambers[0]).toMatchObject({ value_c: 5.9, at });
    expect(after.chambers[1]).toBe(before.chambers[1]);
  });
  test('that went stale takes its value along and says so', () => {
    const after = patchReadings(overview(), [{ probe: 'cold-1-load', value_c: 4.1, quality: 'stale', at }]);
    expect(after.chambers[0]?.quality).toBe('stale');
  });
  test('of a probe nobody shows changes nothing at all', () => {
    const before = overview();
    expect(patchReadings(before, [{ probe: 'elsewhere', value_c: 1, quality: 'good', at }])).toBe(before);
  });
});

test('a door changes the chamber of its device, and unknown stays unknown', () => {
  const before = overview();
  expect(patchDoors(before, [{ door: 'plasma-1-door', open: true, at: null }], plant).chambers[1]?.door_open).toBe(true);
  expect(patchDoors(before, [{ door: 'cold-1-door', open: null, at: null }], plant).chambers[0]?.door_open).toBeNull();
});

describe('a burst of changes', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('asks for each list and each thing once', () => {
    const client = new QueryClient();
    const invalidate = vi.spyOn(client, 'invalidateQueries').mockResolvedValue();
    const changes = new ChangeGatherer(client, 400);
    changes.add({ topics: { bag: ['b1'] } });
    changes.add({ topics: { bag: ['b1', 'b2'], order: ['o1'] } });
    expect(invalidate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(400);
    const keys = invalidate.mock.calls.map(([filter]) => filter?.queryKey?.join('/')).sort();
    expect(keys).toEqual(['bag/b1', 'bag/b2', 'bags', 'custody', 'floor', 'labels', 'order/o1', 'orders', 'overview', 'picking']);
  });
});

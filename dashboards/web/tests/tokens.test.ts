import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrast, readThemes } from './contrast';

const TEXT = 4.5;
const MARK = 3;
const GROUNDS = ['--canvas', '--surface', '--raised'];

const themes = readThemes(readFileSync(new URL('../src/theme/tokens.css', import.meta.url), 'utf8'));

/** Foreground, its grounds, and how much contrast the pair needs. */
const PAIRS: [string, string[], number][] = [
  ['--ink', GROUNDS, TEXT],
  ['--ink-2', [...GROUNDS, '--select', '--sunken', '--warning-bg', '--critical-bg', '--abnormal-high-bg'], TEXT],
  ['--ink-3', GROUNDS, TEXT],
  ['--stale-ink', GROUNDS, TEXT],
  ['--ink-inverse', ['--action'], TEXT],
  ['--on-critical', ['--critical-fill'], TEXT],
  ['--on-warning', ['--warning-fill', '--abnormal-high-fill'], TEXT],
  ['--critical', [...GROUNDS, '--critical-bg'], TEXT],
  ['--abnormal-high', [...GROUNDS, '--abnormal-high-bg'], TEXT],
  ['--abnormal-low', [...GROUNDS, '--abnormal-low-bg'], TEXT],
  ['--warning', [...GROUNDS, '--warning-bg'], TEXT],
  ['--phase-preamber-ink', ['--phase-preamber-bg'], TEXT],
  ['--phase-amber-ink', ['--phase-amber-bg'], TEXT],
  ['--phase-red-ink', ['--phase-red-bg'], TEXT],
  ['--phase-red-bar', ['--phase-red-bg'], MARK],
  ['--line-strong', GROUNDS, MARK],
  ['--focus', GROUNDS, MARK],
  ['--marker', [...GROUNDS, '--rail', '--ok-band', '--alert-band'], MARK],
  ['--trend', [...GROUNDS, '--ok-band'], MARK],
  ['--ok-band-edge', ['--surface', '--raised'], MARK],
];

describe.each(['light', 'dark'] as const)('%s tokens', (theme) => {
  const token = (name: string) => {
    const value = themes[theme].get(name);
    if (value === undefined) throw new Error(`tokens.css has no ${name}`);
    return value;
  };
  const cases = PAIRS.flatMap(([front, grounds, needed]) => grounds.map((ground) => ({ front, ground, needed })));
  test.each(cases)('$front on $ground has at least $needed : 1', ({ front, ground, needed }) => {
    expect(contrast(token(front), token(ground))).toBeGreaterThanOrEqual(needed);
  });
});

test('the formula agrees with the two ends of its scale', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#777777')).toBeCloseTo(1);
});

test('no style sheet outside the tokens writes a colour, except the printed label', () => {
  const source = new URL('../src/', import.meta.url);
  const sheets = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.css') && !/tokens|BagLabel/.test(path));
  expect(sheets.length).toBeGreaterThan(20);
  expect(sheets.filter((path) => /:[^;{}]*#[0-9a-f]{3,8}\b/i.test(readFileSync(new URL(path, source), 'utf8')))).toEqual([]);
});

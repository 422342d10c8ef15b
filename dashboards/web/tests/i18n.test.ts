import { expect, test } from 'vitest';
import { en } from '../src/i18n/en';
import { textFor, translate } from '../src/i18n/text';
import { zh } from '../src/i18n/zh';

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

test('both languages have the same keys', () => expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort()));

test('no text is empty', () => {
  for (const [key, text] of [...Object.entries(en), ...Object.entries(zh)]) expect(text, key).not.toBe('');
});

test('a text takes the same parameters in both languages', () => {
  for (const key of Object.keys(en) as (keyof typeof en)[]) expect(placeholders(zh[key]), key).toEqual(placeholders(en[key]));
});

test('no text shouts', () => {
  for (const [key, text] of [...Object.entries(en), ...Object.entries(zh)]) expect(text, key).not.toMatch(/[!！]/);
});

test('one bag is not one bags', () => {
  expect(translate('en', 'common.bagsN', { n: 1 })).toBe('1 bag');
  expect(translate('en', 'common.bagsN', { n: 412 })).toBe('412 bags');
  expect(translate('zh', 'common.bagsN', { n: 1 })).toBe('1 袋');
});

test('an unknown code of the API is shown, not hidden', () => {
  expect(textFor('en').word('status', 'RESERVED')).toBe('Reserved');
  expect(textFor('zh').word('status', 'SOMETHING_NEW')).toBe('SOMETHING_NEW');
});

import type { Text } from '../i18n/text';

/** A fault of the algorithm (`hbsag: reactive when repeated`) as a sentence; one of a form nobody knows is shown as it came. */
export function faultText({ t, word }: Text, fault: string, named: (test: string) => string): string {
  const [, test, what] = /^([^:]+): (.*)$/.exec(fault) ?? [];
  if (test === undefined || what === undefined) return fault;
  return t('lab.fault', { test: named(test), what: whatText() });
  function whatText(): string {
    const repeated = /^(\S+) when repeated$/.exec(what ?? '');
    if (repeated?.[1] !== undefined) return t('lab.fault.repeated', { value: word('labValue', repeated[1]) });
    const over = /^(.+), at most (.+)$/.exec(what ?? '');
    if (over?.[1] !== undefined && over[2] !== undefined) return t('lab.fault.over', { value: over[1], most: over[2] });
    const disagree = /^results disagree \((.+)\)$/.exec(what ?? '');
    if (disagree?.[1] !== undefined) return t('lab.fault.disagree', { values: disagree[1] });
    return word('labValue', what ?? '');
  }
}

import { useQuery } from '@tanstack/react-query';
import { deskQueries } from '../api/deskQueries';
import type { LaboratoryTest } from '../api/types';
import { useText } from '../i18n/text';

/** The tests of the site's profile by key. */
export function useTests(): ReadonlyMap<string, LaboratoryTest> {
  const tests = useQuery(deskQueries.tests());
  return new Map(tests.data?.items.map((test) => [test.key, test]));
}

/** A test's name in the reader's language; its key when the profile does not know it. */
export function useTestNames(): (key: string) => string {
  const { name } = useText();
  const tests = useTests();
  return (key) => {
    const test = tests.get(key);
    return test === undefined ? key : name(test);
  };
}

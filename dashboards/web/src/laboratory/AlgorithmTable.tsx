import { useQuery } from '@tanstack/react-query';
import { deskQueries } from '../api/deskQueries';
import type { LaboratoryTest } from '../api/types';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { Unconfirmed } from '../ui/Unconfirmed';

/** The tests that the site's profile requires, and how each is judged; every number with who says so. */
export function AlgorithmTable() {
  const { t } = useText();
  const tests = useQuery(deskQueries.tests());
  return (
    <Loaded query={tests} rows={8}>
      {(data) => (
        <div className="card" data-testid="algorithm">
          <div className="card-head"><h2>{t('lab.algorithm')}</h2><span className="caption mono">{data.profile} v{data.version}</span></div>
          <ul className="lines algorithm">{data.items.map((test) => <Rule key={test.key} test={test} />)}</ul>
        </div>
      )}
    </Loaded>
  );
}

function Rule({ test }: { test: LaboratoryTest }) {
  const { t, name, word, pick } = useText();
  const listed = (values: readonly string[]) => values.map((value) => word('labValue', value)).join(pick(', ', '、'));
  const numbers = [
    [test.max, 'lab.rule.max'],
    [test.repeats, 'lab.rule.repeats'],
    [test.reagents, 'lab.rule.reagents'],
    [test.agreeing, 'lab.rule.agreeing'],
    [test.agreeing_negative, 'lab.rule.agreeingNegative'],
  ] as const;
  return (
    <li data-testid="algorithm-test" data-test={test.key}>
      <div className="lines-row"><b>{name(test)}</b><Unconfirmed status={test.status} source={test.source} /></div>
      {test.negative.length > 0 && <span>{t('lab.rule.negative', { values: listed(test.negative) })}</span>}
      {test.repeat.length > 0 && <span>{t('lab.rule.repeat', { values: listed(test.repeat) })}</span>}
      {test.not_negative.length > 0 && <span>{t('lab.rule.notNegative', { values: listed(test.not_negative) })}</span>}
      {numbers.map(([number, key]) => number !== null && (
        <span key={key}>{t(key, { n: number.value, unit: test.unit })} <Unconfirmed status={number.status} source={number.source} /></span>
      ))}
      <span className="caption">{test.source}</span>
    </li>
  );
}

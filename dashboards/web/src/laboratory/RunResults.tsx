import { Fragment } from 'react';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { useTests } from './useTests';
import { toneOfValue, type Run } from './values';

const SIGN = { plain: '', repeat: '◆ ', high: '▲ ' } as const;

/** The raw results of one laboratory run, as they were reported; what is not in order stands out. */
export function RunResults({ run }: { run: Run }) {
  const { t, name, word } = useText();
  const tests = useTests();
  const first = run.results[0];
  return (
    <div className="lab-run" data-testid="lab-run" data-run={run.run}>
      <div className="lines-row"><b className="mono">{run.run}</b><span className="caption">{first !== undefined && <Moment at={first.at} />}</span></div>
      <dl className="lab-results">
        {run.results.map((result, nth) => {
          const test = tests.get(result.test);
          const tone = toneOfValue(test, result.value);
          return (
            <Fragment key={nth}>
              <dt>{test === undefined ? result.test : name(test)}</dt>
              <dd className="lab-value" data-tone={tone}>{SIGN[tone]}{word('labValue', result.value)}{test !== undefined && test.unit !== '' && ` ${test.unit}`}</dd>
              <dd className="caption" title={[result.device, result.reagent].filter(Boolean).join(' · ')}>{[result.method, result.reagent].filter(Boolean).join(' · ')}</dd>
            </Fragment>
          );
        })}
      </dl>
      {run.results.length === 0 && <p className="muted">{t('lab.noResults')}</p>}
    </div>
  );
}

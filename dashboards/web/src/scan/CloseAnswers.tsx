import { Button } from 'antd';
import { useState } from 'react';
import { useText } from '../i18n/text';
import type { Answers } from './send';

const QUESTIONS = [['coolant_ok', 'scan.coolant'], ['logger_started', 'scan.logger']] as const;

/** Two questions that a person answers with own eyes; neither has an answer beforehand. */
export function CloseAnswers({ sending, onClose }: { sending: boolean; onClose: (answers: Answers) => void }) {
  const { t } = useText();
  const [given, setGiven] = useState<Partial<Answers>>({});
  const { coolant_ok, logger_started } = given;
  const whole = coolant_ok !== undefined && logger_started !== undefined;
  return (
    <div className="scan-answers">
      {QUESTIONS.map(([key, question]) => (
        <fieldset key={key}>
          <legend>{t(question)}</legend>
          {([true, false] as const).map((answer) => (
            <button key={String(answer)} type="button" className="chip scan-target" aria-pressed={given[key] === answer} data-testid={`scan-${key}-${answer ? 'yes' : 'no'}`} onClick={() => setGiven({ ...given, [key]: answer })}>
              {t(answer ? 'scan.yes' : 'scan.no')}
            </button>
          ))}
        </fieldset>
      ))}
      <Button type="primary" size="large" block className="scan-target" data-testid="scan-finish" disabled={!whole} loading={sending} onClick={() => whole && onClose({ coolant_ok, logger_started })}>{t('scan.closeBox')}</Button>
    </div>
  );
}

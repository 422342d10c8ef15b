import type { Passport } from '../api/types';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { CaseLink } from './CaseLink';

/** What people decided about this bag, and what they still have to. */
export function DecisionTable({ passport }: { passport: Passport }) {
  const { t, word, pick } = useText();
  return (
    <Panel title={t('passport.decisions')} className="passport-panel">
      {passport.decisions.length === 0 ? <p className="muted">{t('passport.noDecisions')}</p> : (
        <ul className="lines">
          {passport.decisions.map((one) => (
            <li key={one.id} data-testid="passport-decision" data-outcome={one.outcome ?? ''}>
              <div className="lines-row">
                <span>{word('recordTrigger', one.trigger)} <span className="muted"><Moment at={one.from_at} />{one.to_at !== null && <> – <Moment at={one.to_at} /></>}</span></span>
                <span>{one.outcome === null ? <b className="warning">◆ {t('passport.open')}</b> : <b>{word('dispositionOutcome', one.outcome)}</b>} <CaseLink id={one.id} /></span>
              </div>
              {one.decided_at !== null && <p className="caption"><Moment at={one.decided_at} full />{one.people.length > 0 && ` · ${one.people.join(pick(', ', '、'))}`}</p>}
              {one.comment !== null && <p>{one.comment}</p>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

import { Link } from 'react-router';
import type { Passport } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';

const SIGN = { kept: '✓', outside: '▲', unknown: '◆' } as const;
const TONE = { kept: '', outside: 'high', unknown: 'warning' } as const;

/** What the record says of the bag, with every reason; not known is never shown as kept. */
export function VerdictPanel({ passport }: { passport: Passport }) {
  const { t, word, pick, name } = useText();
  return (
    <Panel title={t('passport.verdict')} caption={word('status', passport.status)}>
      <p className="card-lead" data-testid="passport-verdict" data-verdict={passport.verdict}>
        <b className={TONE[passport.verdict]}>{SIGN[passport.verdict]} {word('passportVerdict', passport.verdict)}</b>
      </p>
      <ul className="passport-reasons">
        {passport.reasons.length === 0 && <li className="label">{t('passport.noReason')}</li>}
        {passport.reasons.map((reason, nth) => <li key={`${nth} ${reason.code}`} data-testid="passport-reason">{pick(reason.en, reason.zh)}</li>)}
      </ul>
      <dl className="facts">
        <dt>{t('desk.component')}</dt>
        <dd>{name(passport)} {passport.group !== null && <b>{formatGroup(passport.group)}</b>}</dd>
        <dt>{t('passport.collected')}</dt>
        <dd><Moment at={passport.collected_at} full /></dd>
        <dt>{t('bags.expires')}</dt>
        <dd><Moment at={passport.expires_at} full /></dd>
        {passport.parents.length > 0 && <><dt>{t('passport.parents')}</dt><dd>{passport.parents.map((parent) => <div key={parent}><BagLink bag={parent} /></div>)}</dd></>}
        <dt>{t('passport.rules')}</dt>
        <dd><ProfileLink passport={passport} /></dd>
      </dl>
    </Panel>
  );
}

function ProfileLink({ passport }: { passport: Passport }) {
  return <Link to="/components">{passport.profile} v{passport.profile_version}</Link>;
}

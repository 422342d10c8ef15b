import { useQuery } from '@tanstack/react-query';
import { coldQueries } from '../api/coldQueries';
import type { Passport } from '../api/types';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { Refusal } from '../ui/Refusal';
import { changesSince, sinceSeal } from './changes';

type Seal = NonNullable<Passport['sealed']>;

/** The seal of dispatch: where the ledger has it, whether the kept document still is the sealed one, and what reads otherwise today. */
export function SealPanel({ passport, version }: { passport: Passport; version: 'now' | 'sealed' }) {
  const { t, word } = useText();
  const seal = passport.sealed;
  if (seal === null) return <Panel title={t('passport.seal')}><p className="label" data-testid="passport-seal" data-state="none">{t('passport.notSealed')}</p></Panel>;
  return (
    <Panel title={t('passport.seal')} caption={<Moment at={seal.at} full />}>
      {seal.intact ? <p data-testid="passport-seal" data-state="intact">✓ {t('passport.intact')}</p> : <p className="passport-broken" role="alert" data-testid="passport-seal" data-state="broken">▲ {t('passport.broken')}</p>}
      {version === 'now' && <Compared passport={passport} seal={seal} />}
      <dl className="facts">
        <dt>{t('passport.sealedAs')}</dt>
        <dd><b>{word('passportVerdict', seal.verdict)}</b></dd>
        <dt>{t('passport.entry')}</dt>
        <dd className="mono">{seal.ledger_seq}</dd>
        <dt>{t('passport.shipment')}</dt>
        <dd className="mono passport-id">{seal.shipment}</dd>
        <dt>{t('passport.hash')}</dt>
        <dd className="mono passport-id">{seal.hash}</dd>
      </dl>
    </Panel>
  );
}

/** The record as it stands now beside the sealed one. */
function Compared({ passport, seal }: { passport: Passport; seal: Seal }) {
  const { t, word, language } = useText();
  const sealed = useQuery(coldQueries.passport(passport.bag, 'sealed'));
  if (sealed.error) return <div><p className="warning">◆ {t('passport.unreadable')}</p><Refusal error={sealed.error} /></div>;
  if (sealed.data === undefined) return null;
  const changes = changesSince(sealed.data, passport);
  const since = sinceSeal(sealed.data, passport);
  const otherVerdict = seal.verdict !== passport.verdict;
  return (
    <div className="passport-compared" data-testid="passport-changes" data-changes={changes.length}>
      {otherVerdict && <p className="passport-broken">▲ {t('passport.verdictChanged', { was: word('passportVerdict', seal.verdict), is: word('passportVerdict', passport.verdict) })}</p>}
      {changes.length === 0 ? <p className="label">{t('passport.unchanged')}</p> : (
        <div className="passport-broken">
          <p>▲ {t('passport.changed')}</p>
          <ul>{changes.map(({ what, was, is }) => <li key={what}>{t(`passport.changed.${what}`, { was, is })}</li>)}</ul>
        </div>
      )}
      <p className="caption">{t('passport.since', { minutes: formatMinutes(since.outsideMin, language), unknown: formatMinutes(since.unknownMin, language) })}</p>
    </div>
  );
}

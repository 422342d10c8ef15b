import type { RegistryRequest } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { formatLeft, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { isHospital, useSession } from '../session/SessionContext';
import { Moment } from '../ui/Moment';
import { Candidates } from './Candidates';
import { EndRequest } from './EndRequest';
import { LockLine } from './LockLine';
import { RareCandidates } from './RareCandidates';
import { dosesFound, isLive, wantedOf } from './wanted';

const SIGN = { fits: '✓', later: '◷', no: '–' } as const;

/** One request from its opening to its end: how long it waits, what is kept for it, what could be, what was tried. */
export function RequestCard({ request }: { request: RegistryRequest }) {
  const { t, word, pick, language } = useText();
  const { session } = useSession();
  const live = isLive(request);
  const lacks = live && dosesFound(request) < request.doses && !isHospital(session);
  return (
    <div className="card" data-testid="request" data-request={request.id} data-state={request.state}>
      <div className="card-head">
        <h2>{pick(request.hospital_name_en, request.hospital_name_zh)}</h2>
        <span className="label">{word('requestState', request.state)}</span>
      </div>
      <p className="card-lead"><b>{formatLeft(request.waiting_minutes * MINUTE_MS, language)}</b><span className="label">{t(live ? 'registry.waitsFor' : 'registry.waited')}</span></p>
      <dl className="facts">
        <dt>{t('registry.kind')}</dt>
        <dd>{word('requestKind', request.kind)}</dd>
        <dt>{t('registry.wanted')}</dt>
        <dd className="mono">{wantedOf(request)}</dd>
        <dt>{t('desk.group')}</dt>
        <dd>{request.group === null ? t('bag.groupUnknown') : formatGroup(request.group)}</dd>
        {request.patient !== null && <><dt>{t('custody.patient')}</dt><dd className="mono">{request.patient}</dd></>}
        <dt>{t('registry.doses')}</dt>
        <dd>{t('registry.of', { n: dosesFound(request), all: request.doses })}</dd>
        <dt>{t('registry.neededBy')}</dt>
        <dd><Moment at={request.needed_by} full /></dd>
        <dt>{t('registry.opened')}</dt>
        <dd><Moment at={request.opened_at} full /> · {request.opened_by}</dd>
        {request.closed_at !== null && <><dt>{t('registry.ended')}</dt><dd><Moment at={request.closed_at} full />{request.outcome !== null && <> · {word('closeOutcome', request.outcome)}</>}</dd></>}
      </dl>
      {request.locks.length > 0 && (
        <section>
          <h3>{t('registry.kept')}</h3>
          <ul className="lines">{request.locks.map((lock) => <LockLine key={lock.id} request={request.id} lock={lock} />)}</ul>
        </section>
      )}
      {lacks && (request.kind === 'platelet' ? <Candidates request={request.id} /> : <RareCandidates request={request} />)}
      <section>
        <h3>{t('registry.tried')} {request.tries > 0 && <span className="muted">{t('registry.tries', { n: request.tries })}</span>}</h3>
        {request.tried.length === 0 && <p className="muted">{t('registry.notTried')}</p>}
        <ul className="lines">
          {request.tried.map((one) => (
            <li key={`${one.bag} ${one.at}`} data-testid="tried" data-verdict={one.verdict}>
              <div className="lines-row"><BagLink bag={one.bag} /><span className={one.verdict === 'fits' ? '' : 'label'}>{SIGN[one.verdict]} {word('triedVerdict', one.verdict)}</span></div>
              <p className="caption"><Moment at={one.at} /> · {one.detail}</p>
            </li>
          ))}
        </ul>
      </section>
      {live && <EndRequest request={request.id} />}
    </div>
  );
}

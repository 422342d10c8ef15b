import { Link } from 'react-router';
import type { Return } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { useText } from '../i18n/text';
import { useHospitalName } from '../plant/useHospitalName';
import { usePlaceNames } from '../plant/usePlaceNames';
import { isHospital, useSession } from '../session/SessionContext';
import { placeName } from '../tasks/placeName';
import { Moment } from '../ui/Moment';
import { DecideBag } from './DecideBag';
import { awaited, isOpen } from './state';

/** One return: what the hospital said of it, and each bag with what was decided or is to be. */
export function ReturnCard({ one }: { one: Return }) {
  const { t, word } = useText();
  const { session } = useSession();
  const hospital = useHospitalName();
  const places = usePlaceNames();
  const centre = !isHospital(session);
  return (
    <div className="card" data-testid="return" data-return={one.id}>
      <div className="card-head">
        <h2>{hospital(one.hospital)}</h2>
        <span className="caption mono">{one.id}</span>
      </div>
      <p>{one.reason}</p>
      <dl className="facts">
        <dt>{t('returns.announced')}</dt>
        <dd><Moment at={one.created_at} full /> · {one.created_by}</dd>
        <dt>{t('returns.saidTemperature')}</dt>
        <dd><Said value={one.temperature_ok} /></dd>
        <dt>{t('returns.saidVisual')}</dt>
        <dd><Said value={one.visual_ok} /></dd>
        {one.closed_at !== null && (
          <>
            <dt>{t('returns.isClosed')}</dt>
            <dd><Moment at={one.closed_at} full /></dd>
          </>
        )}
      </dl>
      {centre && awaited(one).length > 0 && <p className="caption">{t('returns.awaits', { n: awaited(one).length })} <Link to={`/scan?act=return&for=${encodeURIComponent(one.id)}`}>{t('returns.scanIn')}</Link></p>}
      <section>
        <h3>{t('holds.bags')}</h3>
        <ul className="lines">
          {one.bags.map((bag) => (
            <li key={bag.bag} data-testid="returned-bag" data-state={bag.state}>
              <div className="lines-row"><BagLink bag={bag.bag} /><span className={bag.state === 'nonconforming' ? 'high' : 'label'}>{bag.state === 'nonconforming' && '▲ '}{word('returnState', bag.state)}</span></div>
              {bag.place !== null && bag.state === 'received' && <p className="caption">{placeName(bag.place, places)}{bag.received_at !== null && <> · <Moment at={bag.received_at} /></>}</p>}
              {bag.quarantine_until !== null && <p className="caption">{t('returns.restsUntil')} <Moment at={bag.quarantine_until} full /></p>}
              {bag.comment !== null && <p className="caption">{bag.decided_by}: {bag.comment}</p>}
              {centre && isOpen(bag) && <DecideBag one={one.id} bag={bag.bag} />}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** What a hospital said; silence is no good word. */
function Said({ value }: { value: boolean | null }) {
  const { t } = useText();
  if (value === null) return <span className="warning">◆ {t('returns.notSaid')}</span>;
  return value ? <span>{t('returns.yes')}</span> : <span className="high">▲ {t('returns.no')}</span>;
}

import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { deskQueries } from '../api/deskQueries';
import type { RegistryRequest } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { useText } from '../i18n/text';
import { MAY_DECIDE, MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Loaded } from '../ui/Loaded';
import { Refusal } from '../ui/Refusal';
import { useLock } from './useLock';

/** Bags and living donors without the antigens that the patient must not get. */
export function RareCandidates({ request }: { request: RegistryRequest }) {
  const { t, word } = useText();
  const found = useQuery({ ...deskQueries.rareSearch(request.antigens_absent, request.group), enabled: request.antigens_absent.length > 0 });
  const lock = useLock(request.id);
  const noBag = useWriteRefusal(MAY_WORK_BY_HAND);
  const noDonor = useWriteRefusal(MAY_DECIDE);
  return (
    <section data-testid="rare-candidates">
      <h3>{t('registry.candidates')}</h3>
      <Loaded query={found} rows={4}>
        {(data) => (
          <>
            {data.frozen.length + data.shelf.length + data.donors_found === 0 && <p className="muted">{t('registry.noCandidates')}</p>}
            <ul className="lines">
              {[...data.frozen, ...data.shelf].map((bag) => (
                <li key={bag.bag}>
                  <div className="lines-row"><BagLink bag={bag.bag} /><Button size="small" disabled={noBag !== null || bag.locked || lock.isPending} onClick={() => lock.mutate({ bag: bag.bag })}>{bag.locked ? t('registry.isLocked') : t('registry.lockBag')}</Button></div>
                  <p className="caption mono">{bag.antigens} <span className="label">{word('status', bag.status)}</span></p>
                </li>
              ))}
              {data.donors.map((donor) => (
                <li key={donor.donor} className="lines-row"><span className="mono">{donor.donor}</span><Button size="small" disabled={noDonor !== null || lock.isPending} onClick={() => lock.mutate({ donor: donor.donor })}>{t('registry.lockDonor')}</Button></li>
              ))}
            </ul>
            {data.donors.length === 0 && data.donors_found > 0 && <p className="caption">{t('registry.donorsFound', { n: data.donors_found })}</p>}
          </>
        )}
      </Loaded>
      <Refusal error={lock.error} />
    </section>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { deskQueries } from '../api/deskQueries';
import { BagLink } from '../bags/BagLink';
import { useText } from '../i18n/text';
import { MAY_DECIDE, MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Loaded } from '../ui/Loaded';
import { Refusal } from '../ui/Refusal';
import { GradeMark } from './GradeMark';
import { useLock } from './useLock';

/** Donors ranked for the patient of this request: keep a bag of one, or call the donor. */
export function Candidates({ request }: { request: string }) {
  const { t, pick } = useText();
  const candidates = useQuery(deskQueries.candidates(request));
  const lock = useLock(request);
  const noBag = useWriteRefusal(MAY_WORK_BY_HAND);
  const noDonor = useWriteRefusal(MAY_DECIDE);
  return (
    <section data-testid="candidates">
      <h3>{t('registry.candidates')}</h3>
      <Loaded query={candidates} rows={4}>
        {(data) => (
          <>
            <p className="caption">{t('registry.searched', { n: data.searched, excluded: data.excluded, ms: Math.round(data.took_ms) })}</p>
            {data.items.length === 0 && <p className="muted">{t('registry.noCandidates')}</p>}
            <ul className="lines">
              {data.items.map((match, nth) => (
                <li key={match.donor ?? nth} data-testid="candidate">
                  <div className="lines-row">
                    <span><GradeMark grade={match.grade} /> {match.donor !== null && <span className="mono">{match.donor}</span>} <span className="caption">{match.mismatches.join(pick(', ', '、'))}</span></span>
                    {match.donor !== null && (
                      <Button size="small" disabled={noDonor !== null || lock.isPending} title={noDonor ?? undefined} onClick={() => lock.mutate({ donor: match.donor ?? '' })}>{t('registry.lockDonor')}</Button>
                    )}
                  </div>
                  {match.bags.map((bag) => <div key={bag} className="lines-row"><BagLink bag={bag} /><Button size="small" data-testid="lock-bag" disabled={noBag !== null || lock.isPending} onClick={() => lock.mutate({ bag })}>{t('registry.lockBag')}</Button></div>)}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <Refusal error={lock.error} />
    </section>
  );
}

import type { Match } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { GradeMark } from './GradeMark';

/** Donors in order of preference, with what speaks for and against each. */
export function MatchTable({ matches }: { matches: readonly Match[] }) {
  const { t, word, pick } = useText();
  return (
    <table className="list">
      <thead>
        <tr>
          <th className="number">{t('registry.rank')}</th>
          <th>{t('registry.gradeHead')}</th>
          <th>{t('donors.donor')}</th>
          <th>{t('registry.mismatches')}</th>
          <th>{t('desk.group')}</th>
          <th>{t('registry.mayDonate')}</th>
          <th>{t('registry.onShelf')}</th>
        </tr>
      </thead>
      <tbody>
        {matches.map((match, nth) => (
          <tr key={match.donor ?? nth} data-testid="match-row" data-grade={match.grade}>
            <td className="number">{nth + 1}</td>
            <td><GradeMark grade={match.grade} /></td>
            <td className="mono">{match.donor ?? t('state.none')}</td>
            <td>{match.mismatches.length === 0 ? <span className="muted">{t('registry.noMismatch')}</span> : match.mismatches.join(pick(', ', '、'))}{match.cross_reactive.length > 0 && <span className="caption">{t('registry.crossReactive')} {match.cross_reactive.join(pick(', ', '、'))}</span>}</td>
            <td>{match.group === null ? <span className="muted">?</span> : formatGroup(match.group)}{match.group_fit !== 'unknown' && <span className="caption">{word('groupFit', match.group_fit)}</span>}</td>
            <td>{word('mayDonate', match.may_donate)}{match.may_donate_from !== null && <span className="caption">{t('registry.from')} <Moment at={match.may_donate_from} full /></span>}</td>
            <td>{match.bags.length === 0 ? <span className="muted">{t('state.none')}</span> : match.bags.map((bag) => <div key={bag}><BagLink bag={bag} /></div>)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

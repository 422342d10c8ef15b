import type { DonationTests } from '../api/types';
import { formatDin, formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { Moment } from '../ui/Moment';
import { useRowKeys } from '../ui/useRowKeys';
import { faultText } from './faults';
import { useTestNames } from './useTests';
import { openPoints } from './values';
import { VerdictMark } from './VerdictMark';

const NAMED = 3;

interface Props {
  donations: readonly DonationTests[];
  inHand: string | null;
  onChoose: (din: string) => void;
}

/** Donations with the verdict of their results and what still stands open. */
export function DonationTable({ donations, inHand, onChoose }: Props) {
  const text = useText();
  const { t } = text;
  const named = useTestNames();
  const onKeyDown = useRowKeys();
  const some = (tests: readonly string[]) => tests.slice(0, NAMED).map(named).join(' · ') + (tests.length > NAMED ? ` +${tests.length - NAMED}` : '');
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('lab.donation')}</th>
          <th>{t('lab.collected')}</th>
          <th>{t('lab.verdict')}</th>
          <th>{t('desk.group')}</th>
          <th>{t('lab.open')}</th>
          <th className="number">{t('holds.bags')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {donations.map((one) => (
          <tr key={one.din} className={`can-open ${one.din === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="donation-row" data-din={one.din} data-state={one.state} onClick={() => onChoose(one.din)}>
            <td className="mono nowrap">{formatDin(one.din)} <span className="muted">[{one.check_character}]</span></td>
            <td><Moment at={one.collected_at} /></td>
            <td><VerdictMark donation={one} /></td>
            <td>{one.group === null ? <span className="muted">{t('bag.groupUnknown')}</span> : <b>{formatGroup(one.group)}</b>}</td>
            <td>
              {one.faults.length > 0 && <span className="high">▲ {one.faults.map((fault) => faultText(text, fault, named)).join(text.pick('; ', '；'))} </span>}
              {one.repeat.length > 0 && <span className="warning">◆ {t('lab.repeatN', { n: one.repeat.length })} {some(one.repeat)} </span>}
              {one.missing.length > 0 && <span className="label">{t('lab.missingN', { n: one.missing.length })} {some(one.missing)}</span>}
              {openPoints(one) === 0 && <span className="muted">{t('state.none')}</span>}
            </td>
            <td className="number">{one.bags.length}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

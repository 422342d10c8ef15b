import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { Return, ReturnProposal, ReturnVerdict } from '../api/types';
import { formatMinutes } from '../format/time';
import { useText } from '../i18n/text';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Refusal } from '../ui/Refusal';
import { VERDICTS } from './verdicts';

const LEAST_COMMENT = 3;

interface Props {
  /** The return. */
  one: string;
  bag: string;
}

/** What may become of a bag that came back, what speaks against stock, and quality's decision. */
export function DecideBag({ one, bag }: Props) {
  const proposal = useQuery(deskQueries.returnProposal(one, bag));
  return <Loaded query={proposal} rows={2}>{(data) => <Decision one={one} proposal={data} />}</Loaded>;
}

function Decision({ one, proposal }: { one: string; proposal: ReturnProposal }) {
  const { t, word, pick, language } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const [verdict, setVerdict] = useState<ReturnVerdict | null>(null);
  const [comment, setComment] = useState('');
  const content = { bag: proposal.bag, verdict, comment: comment.trim() };
  const send = async (signatures: [string, string] | null) => {
    await api.post<Return>(`/returns/${encodeURIComponent(one)}/decide`, signatures === null ? content : { ...content, signatures });
    await client.invalidateQueries({ queryKey: ['returns'] });
  };
  const decide = useMutation({ mutationFn: () => send(null) });
  const signed = proposal.two_people && verdict !== null && verdict !== 'nonconforming';
  const refused = forbidden ?? (comment.trim().length < LEAST_COMMENT ? t('desk.commentNeeded') : null);
  return (
    <div className="card" data-testid="decide">
      <p className="caption">
        {t('returns.clock', { total: formatMinutes(proposal.minutes_total, language), longest: formatMinutes(proposal.longest_min, language) })}
        {proposal.until !== null && <> · {t('returns.restsUntil')} <Moment at={proposal.until} full /></>}
      </p>
      {proposal.against.length > 0 && <p className="warning">◆ {t('returns.against')}{pick(proposal.against.join('; '), proposal.against_zh.join('；'))}</p>}
      <div className="chips">
        {VERDICTS.map((value) => (
          <button key={value} type="button" className="chip" data-testid={`decide-${value}`} aria-pressed={verdict === value} disabled={forbidden !== null || !proposal.may.includes(value)} onClick={() => setVerdict(value)}>{word('returnVerdict', value)}</button>
        ))}
      </div>
      {forbidden !== null && <p className="caption">{t('state.notNow')}{forbidden}</p>}
      {verdict !== null && forbidden === null && (
        <>
          <Input autoFocus maxLength={500} data-testid="decide-comment" aria-label={t('returns.looked')} placeholder={t('returns.looked')} value={comment} onChange={(event) => setComment(event.target.value)} />
          {signed ? (
            <TwoSignatures key={JSON.stringify(content)} act="return.decide" subject={proposal.bag} content={content} meaning={t('returns.meaning')} doIt={word('returnVerdict', verdict)} refused={refused} onDone={send} />
          ) : (
            <div className="row">
              <Button type="primary" data-testid="decide-do" disabled={refused !== null} loading={decide.isPending} onClick={() => decide.mutate()}>{word('returnVerdict', verdict)}</Button>
              {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
            </div>
          )}
        </>
      )}
      <Refusal error={decide.error} />
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { coldQueries } from '../api/coldQueries';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { EnvelopeCard } from './EnvelopeCard';
import { EnvelopeTable } from './EnvelopeTable';
import { byEnvelope } from './proposal';
import './limits.css';

/** The limits of each range beside what the law allows, and the way to new ones: one proposes, another approves. */
export default function LimitsScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const limits = useQuery(coldQueries.limits());
  const envelopes = byEnvelope(limits.data?.items ?? []);
  const inHand = envelopes.find(({ envelope }) => envelope === params.get('envelope')) ?? envelopes.find(({ proposed }) => proposed.length > 0) ?? envelopes[0] ?? null;
  const waiting = envelopes.reduce((sum, { proposed }) => sum + proposed.length, 0);
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('limits.title')}</h1>
        {waiting > 0 && <b className="warning">◆ {t('limits.waiting', { n: waiting })}</b>}
      </div>
      <p className="caption">{t('limits.rule')}</p>
      <Split label={t('desk.inHand')} side={inHand === null ? <p className="muted">{t('limits.pick')}</p> : <EnvelopeCard key={inHand.envelope} versions={inHand} />}>
        <div className="table-scroll">
          <Loaded query={limits} rows={8}>
            {() => (envelopes.length === 0 ? <Empty>{t('limits.none')}</Empty> : <EnvelopeTable items={envelopes} inHand={inHand?.envelope ?? null} onChoose={(envelope) => setParams({ envelope }, { replace: true })} />)}
          </Loaded>
        </div>
      </Split>
    </div>
  );
}

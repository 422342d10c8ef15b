import { useState } from 'react';
import { Button } from 'antd';
import type { LimitVersion } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_ANSWER_ALARMS, useWriteRefusal } from '../shell/useWriteRefusal';
import { limitsText } from '../ui/bandText';
import { Moment } from '../ui/Moment';
import { alertsText } from './EnvelopeTable';
import { KINDS, type EnvelopeVersions, type Timing } from './proposal';
import { ProposalCard } from './ProposalCard';
import { ProposalForm } from './ProposalForm';

/** One range in hand: what holds, what waits for a decision, the form for a new version, and every version before. */
export function EnvelopeCard({ versions }: { versions: EnvelopeVersions }) {
  const text = useText();
  const { t, word } = text;
  const forbidden = useWriteRefusal(MAY_ANSWER_ALARMS);
  const [open, setOpen] = useState(false);
  const { now, proposed } = versions;
  return (
    <div className="card" data-testid="envelope-card">
      <div className="card-head"><h2>{word('envelope', versions.envelope)}</h2><span className="caption">{now.version === 0 ? t('limits.plan') : t('limits.version', { n: now.version })}</span></div>
      <p className="card-lead"><b>{limitsText(text, now.limits)}</b></p>
      <LimitFacts version={now} />
      {proposed.map((one) => <ProposalCard key={one.id} proposal={one} />)}
      {open ? <ProposalForm now={now} onDone={() => setOpen(false)} /> : (
        <div className="row">
          <Button data-testid="propose-open" disabled={forbidden !== null} onClick={() => setOpen(true)}>{t('limits.propose')}</Button>
          {forbidden !== null && <span className="caption">{t('state.notNow')}{forbidden}</span>}
        </div>
      )}
      <section>
        <h3>{t('limits.history')}</h3>
        <ul className="lines">{versions.all.map((one) => <Version key={one.version} one={one} />)}</ul>
      </section>
    </div>
  );
}

/** Alerts and both timings of a version, in words. */
export function LimitFacts({ version: { limits } }: { version: LimitVersion }) {
  const text = useText();
  const { t } = text;
  return (
    <dl className="facts">
      <dt>{t('limits.alerts')}</dt><dd>{alertsText(text, limits)}</dd>
      {KINDS.map((kind) => <TimingFact key={kind} label={t(`limits.timing.${kind}`)} timing={limits[kind]} />)}
    </dl>
  );
}

function TimingFact({ label, timing }: { label: string; timing: Timing }) {
  const { t } = useText();
  return (
    <>
      <dt>{label}</dt>
      <dd>{t(timing.off_delay_s === 0 ? 'limits.timingAtOnce' : 'limits.timingIs', { on: timing.on_delay_s, band: timing.deadband_c, off: timing.off_delay_s })}{timing.count > 0 && <> {t('limits.timingCount', { count: timing.count, window: timing.window_s })}</>}</dd>
    </>
  );
}

function Version({ one }: { one: LimitVersion }) {
  const text = useText();
  const { t, word } = text;
  return (
    <li data-testid="limit-version" data-state={one.state}>
      <div className="lines-row"><b>{one.version === 0 ? t('limits.plan') : t('limits.version', { n: one.version })}</b><span>{limitsText(text, one.limits)}</span><span className="tag">{word('limitState', one.state)}</span></div>
      <p>{one.reason}</p>
      <p className="caption">
        {one.proposed_by !== null && <>{one.proposed_by} <Moment at={one.proposed_at} /></>}
        {one.approved_by !== null && <> · ✓ {one.approved_by} <Moment at={one.decided_at} /></>}
        {one.valid_from !== null && <> · {t('limits.validFrom')} <Moment at={one.valid_from} /></>}
        {one.decision !== null && <> · {one.decision}</>}
      </p>
    </li>
  );
}

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ACTS, afterAnswer, bagOf, NEW_ROUND, step, type Knows, type Round, type ScanAct } from './acts';
import { send, type Answers, type Subject } from './send';
import { both, ofError, ofOutcome, stop, type Said, type Verdict } from './verdict';

const KEPT_VERDICTS = 10;

interface Sent {
  round: Round;
  answers: Answers | null;
}

export interface Scanner {
  round: Round;
  /** The answer to the last scan; a stop blocks every further one. */
  verdict: Verdict | null;
  history: readonly Verdict[];
  sending: boolean;
  stopped: boolean;
  /** Scans that were not taken, because a stop stood or the warehouse had not answered yet. */
  ignored: number;
  scan: (text: string) => void;
  finish: (answers: Answers | null) => void;
  acknowledge: () => void;
  startAgain: () => void;
}

/** One act, scan after scan: gathers codes, tells the warehouse, and holds still at a stop until it was acknowledged. */
export function useScanner(act: ScanAct, subject: Subject | null, knows: Knows): Scanner {
  const rule = ACTS[act];
  const [round, setRound] = useState<Round>(NEW_ROUND);
  const [history, setHistory] = useState<readonly Verdict[]>([]);
  const [acknowledged, setAcknowledged] = useState(true);
  const [ignored, setIgnored] = useState(0);
  const verdict = history[0] ?? null;
  const stopped = verdict !== null && !verdict.accepted && !acknowledged;
  const say = (said: Said) => {
    setHistory((before) => [{ id: (before[0]?.id ?? 0) + 1, ...said }, ...before].slice(0, KEPT_VERDICTS));
    setAcknowledged(said.accepted);
  };
  const telling = useMutation({
    mutationFn: ({ round: sent, answers }: Sent) => send(act, sent, subject, answers),
    onSuccess: (said, { round: sent }) => {
      const bag = bagOf(sent.scans);
      say(said === null ? { accepted: true, bag, detail: both('scan.taskDone', { bag: bag ?? '' }), next: null, code: null } : ofOutcome(said));
      setRound(afterAnswer(rule, sent, said?.accepted ?? true));
    },
    onError: (error, { round: sent }) => {
      say(ofError(error, bagOf(sent.scans)));
      setRound(afterAnswer(rule, sent, false));
    },
  });
  const scan = (text: string) => {
    if (text.trim() === '') return;
    if (stopped || telling.isPending) {
      setIgnored(ignored + 1);
      return;
    }
    setIgnored(0);
    const next = step(rule, round, text, knows);
    if (next.kind === 'wrong' || next.kind === 'unknown') {
      const first = rule.keeps !== null && round.kept === null ? rule.keeps : (rule.codes[0] ?? 'din');
      const what = next.kind === 'unknown' ? `scan.unknown.${next.expected === 'box' ? 'box' : 'place'}` as const : `scan.wrong.${next.got === 'din' || next.got === 'product' ? next.got : 'other'}` as const;
      say(stop(both(what, { text: text.trim() }), both(`scan.start.${first}`)));
      setRound(afterAnswer(rule, round, false));
      return;
    }
    const bag = bagOf(next.round.scans);
    if (subject?.task !== undefined && bag !== null && bag !== subject.task.bag) {
      say(stop(both('scan.wrongBag', { bag, wanted: subject.task.bag }), both('scan.putBack'), bag));
      setRound(afterAnswer(rule, next.round, false));
      return;
    }
    setRound(next.round);
    if (next.kind === 'complete') telling.mutate({ round: next.round, answers: null });
  };
  return {
    round,
    verdict,
    history,
    sending: telling.isPending,
    stopped,
    ignored,
    scan,
    finish: (answers) => {
      if (!stopped && !telling.isPending) telling.mutate({ round, answers });
    },
    acknowledge: () => {
      setAcknowledged(true);
      setIgnored(0);
    },
    startAgain: () => setRound(NEW_ROUND),
  };
}

import type { Notice } from '../api/types';
import { useText } from '../i18n/text';
import { proofOf, type Proof } from './untold';

const LOUD: Partial<Record<Proof, { shape: string; tone: string }>> = {
  given_up: { shape: '▲', tone: 'critical' },
  failed: { shape: '▲', tone: 'high' },
};

/** How far a message has got, by word and shape: only what did not arrive has colour; a person's answer has a tick. */
export function NoticeMark({ notice }: { notice: Notice }) {
  const { word } = useText();
  const proof = proofOf(notice);
  const loud = LOUD[proof];
  if (loud) return <b className={loud.tone}>{loud.shape} {word('proof', proof)}</b>;
  const byPerson = notice.received_how !== null;
  return <span className={byPerson ? '' : 'label'}>{byPerson && '✓ '}{word('proof', proof)}</span>;
}

import type { Notice } from '../api/types';

export type Answer = 'open' | 'coming';

/** What may still be answered to a message: whoever comes has seen it, who acted needs to say nothing more, a test asks for nobody. */
export function openAnswers(notice: Notice): Answer[] {
  if (notice.received_how === 'acted' || notice.received_how === 'coming' || notice.state === 'withdrawn') return [];
  if (notice.kind === 'test') return notice.received_how === null ? ['open'] : [];
  return notice.received_how === null ? ['coming', 'open'] : ['coming'];
}

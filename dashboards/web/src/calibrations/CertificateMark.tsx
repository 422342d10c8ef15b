import type { Calibration } from '../api/types';
import { useText } from '../i18n/text';

/** The state of a certificate, by word and shape. */
export function CertificateMark({ state }: { state: Calibration['state'] }) {
  const { word } = useText();
  if (state === 'overdue') return <b className="high">▲ {word('certState', state)}</b>;
  if (state === 'valid') return <span className="label">{word('certState', state)}</span>;
  return <b className="warning">◆ {word('certState', state)}</b>;
}

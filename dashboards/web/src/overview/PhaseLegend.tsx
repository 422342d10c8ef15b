import { useText } from '../i18n/text';
import { PHASE_MARK, PHASES } from './phases';

export function PhaseLegend() {
  const { word } = useText();
  return (
    <span className="legend">
      {PHASES.map((phase) => (
        <span key={phase} className={`phase-${phase}`}>
          <i className="legend-swatch" aria-hidden />
          {PHASE_MARK[phase] && <i className="phase-mark" aria-hidden>{PHASE_MARK[phase]}</i>}
          {word('phase', phase)}
        </span>
      ))}
    </span>
  );
}

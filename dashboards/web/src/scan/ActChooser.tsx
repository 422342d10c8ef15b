import { useText } from '../i18n/text';
import { GROUPS, type ScanAct } from './acts';

/** Every act, along the way of a bag; chosen once, then only scanned. */
export function ActChooser({ onChoose }: { onChoose: (act: ScanAct) => void }) {
  const { t, word } = useText();
  return (
    <div className="scan-acts">
      <p className="label">{t('scan.choose')}</p>
      {GROUPS.map(({ key, acts }) => (
        <section key={key} aria-label={t(key)}>
          <h2 className="scan-group">{t(key)}</h2>
          <div>
            {acts.map((act) => (
              <button key={act} type="button" className="scan-target scan-act" data-testid={`scan-act-${act}`} onClick={() => onChoose(act)}>
                <b>{word('scanAct', act)}</b>
                <span className="caption">{word('scanWhat', act)}</span>
              </button>
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

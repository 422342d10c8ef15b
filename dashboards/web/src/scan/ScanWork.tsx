import { Button } from 'antd';
import type { PlantView } from '../api/types';
import { formatDin } from '../format/blood';
import { useText } from '../i18n/text';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { placeName } from '../tasks/placeName';
import { ACTS, nextCode, type Code, type ScanAct } from './acts';
import { CloseAnswers } from './CloseAnswers';
import { isKnown } from './known';
import { ScanField } from './ScanField';
import { ScanHistory } from './ScanHistory';
import type { Subject } from './send';
import { useScanner } from './useScanner';
import { useWedge } from './useWedge';
import { VerdictCard } from './VerdictCard';

interface Props {
  act: ScanAct;
  subject: Subject | null;
  plant: PlantView;
}

/** The act in hand: the last answer, what is scanned next, what was scanned before. */
export function ScanWork({ act, subject, plant }: Props) {
  const { t, word, name } = useText();
  const rule = ACTS[act];
  const refused = useWriteRefusal(MAY_WORK_BY_HAND);
  const scanner = useScanner(act, subject, (code, text) => isKnown(plant, code, text));
  const { round, verdict, stopped, sending } = scanner;
  const places = new Map(plant.places.map((place) => [place.path, name(place)]));
  const next = nextCode(rule, round);
  const scan = (text: string) => {
    if (refused === null) scanner.scan(text);
  };
  useWedge(scan);
  const begun = Object.keys(round.scans).length > 0;
  const shown = (code: Code, text: string) => (code === 'place' ? placeName(text, places) : code === 'box' ? text.toUpperCase() : code === 'din' ? formatDin(text.replace(/^(\]C\d)?=/, '').slice(0, 13)) : text.replace(/^(\]C\d)?=</, ''));
  return (
    <>
      {verdict !== null && !begun && <VerdictCard verdict={verdict} stands={stopped} ignored={scanner.ignored} onAcknowledge={scanner.acknowledge} />}
      {!stopped && (
        <section className="scan-next" data-testid="scan-next" data-code={next ?? 'none'}>
          {round.kept !== null && <p className="scan-kept">{t('scan.inBox', { box: round.kept.toUpperCase() })} <button type="button" className="scan-link" onClick={scanner.startAgain}>{t('scan.otherBox')}</button></p>}
          {rule.mayPlace && <p className="scan-kept label">{round.place === null ? t('scan.atNoPlace') : t('scan.atPlace', { place: placeName(round.place, places) })}</p>}
          {next !== null && <h2 aria-live="polite">{word('scanNext', next)}</h2>}
          <ol className="scan-codes">
            {rule.codes.map((code) => (
              <li key={code} data-done={round.scans[code] !== undefined} data-next={code === next}>
                <span>{round.scans[code] === undefined ? '○' : '✓'} {word('scanCode', code)}</span>
                <b className="mono">{round.scans[code] !== undefined && shown(code, round.scans[code])}</b>
              </li>
            ))}
          </ol>
          {act === 'close' && next === null ? <CloseAnswers sending={sending} onClose={scanner.finish} /> : <ScanField disabled={refused !== null} onScan={scan} />}
          {scanner.ignored > 0 && <p className="warning" role="alert">▲ {t('scan.tooFast', { n: scanner.ignored })}</p>}
          {rule.sends === 'list' && round.list.length > 0 && (
            <>
              <p className="label">{t('scan.listN', { n: round.list.length })}</p>
              <Button type="primary" size="large" block className="scan-target" data-testid="scan-finish" disabled={begun || refused !== null} loading={sending} onClick={() => scanner.finish(null)}>{t('scan.sendList', { n: round.list.length })}</Button>
            </>
          )}
          {begun && <button type="button" className="scan-link" data-testid="scan-again" onClick={scanner.startAgain}>{t('scan.startAgain')}</button>}
          {refused !== null && <p className="caption">{t('state.notNow')}{refused}</p>}
        </section>
      )}
      <ScanHistory history={scanner.history} />
    </>
  );
}

import type { OnDuty, Rota } from '../api/types';
import { useText } from '../i18n/text';
import { useDomainNow } from '../live/LiveContext';
import { isoSeconds } from '../format/isoSeconds';
import { MINUTE_MS } from '../format/time';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { nextTurn } from './rota';

/** For each position who would be told now, who comes next, and the times of the next week for which there is nobody. */
export function DutyNow({ rota }: { rota: Rota }) {
  const { t, name, word } = useText();
  const now = useDomainNow(MINUTE_MS);
  return (
    <Panel title={t('rota.onDuty')} caption={t('rota.zone', { zone: rota.timezone })}>
      <table className="list">
        <thead><tr><th>{t('rota.position')}</th><th>{t('rota.now')}</th><th>{t('rota.next')}</th></tr></thead>
        <tbody>
          {rota.on_duty.map((duty) => {
            const next = now === null ? null : nextTurn(rota.shifts, rota.absences, duty.position, duty.people, now, rota.timezone);
            return (
              <tr key={duty.position} data-testid={`duty-${duty.position}`} data-gap={duty.gap}>
                <td>{name(duty)}</td>
                <td><Now duty={duty} /></td>
                <td>{next === null ? <span className="muted">{t('rota.noChange')}</span> : <>{next.person} <span className="label">{t('rota.from')} <Moment at={isoSeconds(next.atMs)} /></span></>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rota.gaps.length > 0 && (
        <div className="rota-gaps" data-testid="rota-gaps">
          <b className="high">▲ {t('rota.gaps', { n: rota.gaps.length })}</b>
          <ul>{rota.gaps.map((gap) => <li key={`${gap.position} ${gap.from_at}`}>{word('position', gap.position)}: <Moment at={gap.from_at} full /> – <Moment at={gap.to_at} full /></li>)}</ul>
        </div>
      )}
    </Panel>
  );
}

/** Who is told: by the rota, as a substitute, or because the rota has nobody. */
function Now({ duty }: { duty: OnDuty }) {
  const { t, word } = useText();
  const people = duty.people.join(', ') || t('state.none');
  if (duty.gap) return <><b className="high">▲ {t('rota.nobody')}</b> <span className="label">{word('dutySource', duty.source)}: {people}</span></>;
  return <><b>{people}</b>{duty.source === 'substitute' && <span className="label"> · {word('dutySource', duty.source)}</span>}</>;
}

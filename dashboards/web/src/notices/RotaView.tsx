import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { coldQueries } from '../api/coldQueries';
import type { Rota } from '../api/types';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { Split } from '../ui/Split';
import { AbsenceForm } from './AbsenceForm';
import { DutyNow } from './DutyNow';
import { ShiftForm } from './ShiftForm';
import { ShiftTable } from './ShiftTable';

type InHand = { kind: 'shift'; index: number | null } | { kind: 'absence'; index: number | null };

/** Who is on duty now and next, the turns of a week, who is away, and a turn in hand to change. */
export function RotaView() {
  const rota = useQuery(coldQueries.rota());
  return <Loaded query={rota} rows={8}>{(data) => <RotaInForce rota={data} />}</Loaded>;
}

function RotaInForce({ rota }: { rota: Rota }) {
  const { t } = useText();
  const [inHand, setInHand] = useState<InHand>({ kind: 'shift', index: null });
  const done = () => setInHand({ kind: 'shift', index: null });
  const key = `${rota.version} ${inHand.kind} ${inHand.index}`;
  return (
    <Split
      label={t('desk.inHand')}
      side={inHand.kind === 'shift' ? <ShiftForm key={key} rota={rota} index={inHand.index} onDone={done} /> : <AbsenceForm key={key} rota={rota} index={inHand.index} onDone={done} />}
    >
      <div className="rota-scroll">
        <DutyNow rota={rota} />
        <Panel title={t('rota.turns')} caption={rota.version === 0 ? t('rota.noneYet') : <>{t('rota.version', { n: rota.version })} · {rota.changed_by} · <Moment at={rota.changed_at} /> · {rota.reason}</>}>
          <ShiftTable rota={rota} inHand={inHand.kind === 'shift' ? inHand.index : null} onChoose={(index) => setInHand({ kind: 'shift', index })} />
          <p className="row rota-add">
            <Button size="small" data-testid="rota-add" onClick={() => setInHand({ kind: 'shift', index: null })}>{t('rota.addTurn')}</Button>
            <Button size="small" data-testid="rota-add-absence" onClick={() => setInHand({ kind: 'absence', index: null })}>{t('rota.addAbsence')}</Button>
          </p>
        </Panel>
        {rota.absences.length > 0 && (
          <Panel title={t('rota.absences')}>
            <ul className="lines">
              {rota.absences.map((absence, index) => (
                <li key={`${absence.person} ${absence.from_at}`} className="lines-row">
                  <span>{absence.person} · <Moment at={absence.from_at} full /> – <Moment at={absence.to_at} full /> <span className="label">{absence.reason}</span></span>
                  <Button size="small" onClick={() => setInHand({ kind: 'absence', index })}>{t('rota.change')}</Button>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </Split>
  );
}

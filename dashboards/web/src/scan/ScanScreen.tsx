import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { queries } from '../api/queries';
import type { PlantView } from '../api/types';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { ActChooser } from './ActChooser';
import { ACTS, isAct, type ScanAct } from './acts';
import { ScanWork } from './ScanWork';
import type { Subject } from './send';
import { SubjectChooser } from './SubjectChooser';
import { useSubjects } from './useSubjects';
import './ScanScreen.css';

/** The scanner in somebody's hand: choose the act once, then only scan. `?act=load&for=…` begins right there. */
export default function ScanScreen() {
  const { t } = useText();
  const plant = useQuery(queries.plant());
  const [params, setParams] = useSearchParams();
  const asked = params.get('act');
  const act = isAct(asked) ? asked : null;
  const choose = (one: ScanAct | null) => setParams(one === null ? {} : { act: one });
  return (
    <div className="page page-scroll scan-page">
      <div className="scan-column">
        <h1 className={act === null ? '' : 'visually-hidden'}>{t('scan.title')}</h1>
        <Loaded query={plant} rows={8}>
          {(known) => (act === null ? <ActChooser onChoose={choose} /> : <ActInHand key={`${act} ${params.get('for') ?? ''}`} act={act} wanted={params.get('for')} plant={known} onLeave={() => choose(null)} />)}
        </Loaded>
      </div>
    </div>
  );
}

interface InHandProps {
  act: ScanAct;
  /** The subject that the address names. */
  wanted: string | null;
  plant: PlantView;
  onLeave: () => void;
}

function ActInHand({ act, wanted, plant, onLeave }: InHandProps) {
  const { t, word } = useText();
  const { subject: kind } = ACTS[act];
  const subjects = useSubjects(kind);
  const [chosen, setChosen] = useState<Subject | null>(null);
  const named = subjects?.filter(({ id }) => id === wanted) ?? [];
  const subject = chosen ?? (named.length === 1 ? (named[0] ?? null) : null);
  return (
    <>
      <div className="scan-head">
        <div>
          <b>{word('scanAct', act)}</b>
          <span className="caption">{subject?.label ?? word('scanWhat', act)}</span>
        </div>
        <button type="button" className="chip scan-target" data-testid="scan-change" onClick={onLeave}>{t('scan.change')}</button>
      </div>
      {kind !== null && subject === null ? (
        <SubjectChooser kind={kind} subjects={named.length > 1 ? named : subjects} onChoose={setChosen} />
      ) : (
        <ScanWork act={act} subject={subject} plant={plant} />
      )}
    </>
  );
}

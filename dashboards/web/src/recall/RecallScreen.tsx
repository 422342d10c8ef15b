import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';
import { Split } from '../ui/Split';
import { aboutText } from './about';
import { CaseBags } from './CaseBags';
import { CaseNotices } from './CaseNotices';
import { CloseCase } from './CloseCase';
import { OutcomeForm } from './OutcomeForm';
import { recallQueries } from './queries';
import { Lead, PatientList } from './ReachView';
import type { Recall } from './types';
import { useNames } from './useNames';
import './recall.css';

/** One recall: every bag by who has it and what became of it, who was told, whom it reached, and its end. */
export default function RecallScreen() {
  const { t } = useText();
  const { id = '' } = useParams();
  const recall = useQuery(recallQueries.one(id));
  return (
    <div className="page">
      <div className="title-row">
        <nav className="crumb">
          <Link to="/recalls">{t('recall.crumb')}</Link>
          <span className="muted">›</span>
          <b className="mono">{id}</b>
        </nav>
      </div>
      <Loaded query={recall} rows={10}>{(data) => <Case key={data.id} recall={data} />}</Loaded>
    </div>
  );
}

function Case({ recall }: { recall: Recall }) {
  const text = useText();
  const { t, word, pick } = text;
  const names = useNames();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const open = recall.state === 'open';
  const bags = recall.bags.filter(({ bag }) => chosen.has(bag));
  return (
    <Split
      label={t('desk.inHand')}
      side={
        <div className="card" data-testid="recall" data-state={recall.state}>
          <div className="card-head">
            <h2>{pick(recall.reason_en, recall.reason_zh)}</h2>
            <span className={open ? 'tag warning' : 'tag'}>{open && '▲ '}{word('recall.state', recall.state)}</span>
          </div>
          <Lead counts={recall.counts} />
          <dl className="facts">
            <dt>{t('recall.about')}</dt>
            <dd>{aboutText(text, recall.by, names)}</dd>
            <dt>{t('recall.opened')}</dt>
            <dd><Moment at={recall.opened_at} full /> · {recall.opened_by}</dd>
            {recall.closed_at !== null && (
              <>
                <dt>{t('recall.closed')}</dt>
                <dd><Moment at={recall.closed_at} full /> · {recall.closed_by?.split(',').join(pick(', ', '、'))}<br />{recall.close_comment}</dd>
              </>
            )}
          </dl>
          <p>{recall.comment}</p>
          {open && <OutcomeForm key={[...chosen].join()} recall={recall.id} bags={bags} onDone={() => setChosen(new Set())} />}
          <CaseNotices recall={recall.id} notices={recall.notices} />
          <PatientList patients={recall.patients} />
          {open && <CloseCase recall={recall.id} left={recall.counts.without_outcome} />}
        </div>
      }
    >
      <div className="recall-scroll"><CaseBags recall={recall} chosen={chosen} onChoose={setChosen} /></div>
    </Split>
  );
}

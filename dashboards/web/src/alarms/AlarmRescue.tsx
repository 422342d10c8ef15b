import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { coldQueries } from '../api/coldQueries';
import type { Blast } from '../api/types';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { BlastTable } from './BlastTable';
import { RescueForm } from './RescueForm';
import { RescuePlan } from './RescuePlan';
import { stillThere } from './rescueWish';
import './AlarmRescue.css';

/** The blast radius of an alarm, where its blood could go, and the one act that takes it there. */
export function AlarmRescue({ alarm }: { alarm: string }) {
  const { t } = useText();
  const blast = useQuery(coldQueries.blast(alarm));
  return (
    <section className="rescue" data-testid="alarm-rescue">
      <h3>{t('blast.title')}</h3>
      <Loaded query={blast} rows={4}>{(found) => found.bags.length === 0 ? <Empty>{t('blast.none')}</Empty> : <Endangered key={alarm} blast={found} />}</Loaded>
    </section>
  );
}

function Endangered({ blast }: { blast: Blast }) {
  const { t } = useText();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState(false);
  const plan = useQuery({ ...coldQueries.rescue(blast.alarm), enabled: asked });
  const toggle = (bag: string) => {
    const next = new Set(chosen);
    if (!next.delete(bag)) next.add(bag);
    setChosen(next);
  };
  return (
    <>
      <BlastTable blast={blast} chosen={chosen} onToggle={toggle} />
      <h3>{t('rescue.title')}</h3>
      <div className="row">
        <Button type={asked ? 'default' : 'primary'} data-testid="rescue-ask" loading={plan.isFetching} onClick={() => (asked ? void plan.refetch() : setAsked(true))}>{t(asked ? 'rescue.again' : 'rescue.ask')}</Button>
        <span className="caption">{t('rescue.askNote')}</span>
      </div>
      {asked && (
        <Loaded query={plan} rows={4}>
          {(found) => (
            <>
              <RescuePlan plan={found} />
              <RescueForm alarm={blast.alarm} plan={found} all={blast.bags.length} chosen={stillThere(blast, chosen)} />
            </>
          )}
        </Loaded>
      )}
    </>
  );
}

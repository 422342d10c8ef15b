import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Rescue, RescueBegun } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { MAY_WORK_BY_HAND, useWriteRefusal } from '../shell/useWriteRefusal';
import { Chips } from '../ui/Chips';
import { Field } from '../ui/Field';
import { Refusal } from '../ui/Refusal';
import { UnplacedList } from './RescuePlan';
import { NO_RESCUE, rescueWish, type RescueDraft } from './rescueWish';

const TOUCHED = ['blast', 'rescue', 'alarm', 'alarms', 'holds', 'tasks', 'orders', 'order', 'bags', 'overview'];

/** One act on the plan: hold, move, plan again; for all bags or those that were chosen. */
export function RescueForm({ alarm, plan, all, chosen }: { alarm: string; plan: Rescue; all: number; chosen: readonly string[] }) {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_WORK_BY_HAND);
  const [draft, setDraft] = useState<RescueDraft>(NO_RESCUE);
  const change = (part: Partial<RescueDraft>) => setDraft({ ...draft, ...part });
  const begin = useMutation({
    mutationFn: (body: object) => api.post<RescueBegun>(`/alarms/${encodeURIComponent(alarm)}/rescue`, body),
    onSuccess: () => {
      for (const key of TOUCHED) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const wish = rescueWish(draft, plan, chosen);
  const missing = wish === 'act' ? t('rescue.nothingChosen') : wish === 'bags' ? t('desk.bagsNeeded') : null;
  const refused = forbidden ?? missing;
  const noWay = plan.moves.length === 0;
  return (
    <div className="rescue-form">
      <Chips
        name="rescue-which"
        label={t('rescue.which')}
        value={draft.which}
        onChange={(which) => change({ which })}
        options={[{ value: 'all', label: t('rescue.all'), count: all }, { value: 'chosen', label: t('rescue.chosen'), count: chosen.length }]}
      />
      <Checkbox data-testid="rescue-hold" checked={draft.hold} onChange={(event) => change({ hold: event.target.checked })}>{t('rescue.hold')}</Checkbox>
      <Checkbox data-testid="rescue-move" disabled={noWay} checked={draft.move && !noWay} onChange={(event) => change({ move: event.target.checked })}>{t('rescue.move')}</Checkbox>
      {noWay && <p className="caption">{t('rescue.noWay')}</p>}
      <Checkbox data-testid="rescue-replan" checked={draft.replan} onChange={(event) => change({ replan: event.target.checked })}>{t('rescue.replan')}</Checkbox>
      <Field label={t('desk.comment')}>
        <Input.TextArea rows={2} maxLength={500} data-testid="rescue-comment" value={draft.comment} onChange={(event) => change({ comment: event.target.value })} />
      </Field>
      <div className="row">
        <Button type="primary" data-testid="rescue-do" disabled={refused !== null} loading={begin.isPending} onClick={() => typeof wish !== 'string' && begin.mutate(wish)}>{t('rescue.do')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      <Refusal error={begin.error} />
      {begin.data && <Done begun={begin.data} />}
    </div>
  );
}

/** What was done and what was not, in words. */
function Done({ begun }: { begun: RescueBegun }) {
  const { t } = useText();
  const said = [
    begun.holds.length > 0 && t('rescue.held', { n: begun.holds.length }),
    begun.tasks > 0 && t('rescue.tasks', { n: formatNumber(begun.tasks) }),
    begun.lines.length > 0 && t('rescue.lines', { n: formatNumber(begun.lines.length) }),
  ].filter((sentence) => sentence !== false);
  const nothing = said.length === 0 && begun.refused.length === 0 && begun.unplaced.length === 0;
  return (
    <div className="rescue-said" role="status" data-testid="rescue-said">
      {said.map((sentence) => <p key={sentence}>✓ {sentence}</p>)}
      {nothing && <p>{t('rescue.nothingDone')}</p>}
      {begun.refused.length > 0 && (
        <>
          <p className="high">▲ {t('rescue.refused', { n: formatNumber(begun.refused.length) })}</p>
          <ul>{begun.refused.map(({ bag, detail }) => <li key={bag} data-testid="rescue-refused"><BagLink bag={bag} /> {detail}</li>)}</ul>
        </>
      )}
      {begun.unplaced.length > 0 && (
        <>
          <p className="warning">◆ {t('rescue.stay', { n: formatNumber(begun.unplaced.length) })}</p>
          <UnplacedList items={begun.unplaced} />
        </>
      )}
    </div>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { DeferralListTaken } from '../api/types';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { Field } from '../ui/Field';
import { FileChooser, type ChosenFile } from '../ui/FileChooser';
import { FileFaults } from '../ui/FileFaults';
import { Loaded } from '../ui/Loaded';
import { Moment } from '../ui/Moment';

/** Lists of other centres: taken in whole or not at all; donations that one speaks against are held at once. */
export function ListsCard() {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  const lists = useQuery(deskQueries.deferralLists());
  const [centre, setCentre] = useState('');
  const [file, setFile] = useState<ChosenFile | null>(null);
  const take = useMutation({
    mutationFn: (chosen: ChosenFile) => api.post<DeferralListTaken>('/deferrals/lists', { centre: centre.trim(), text: chosen.text }),
    onSuccess: () => {
      setFile(null);
      for (const key of ['deferrals', 'release']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const refused = forbidden ?? (centre.trim() === '' ? t('donors.centreNeeded') : file === null ? t('lab.fileNeeded') : null);
  return (
    <section data-testid="deferral-lists">
      <h2>{t('donors.takeList')}</h2>
      <p className="caption">{t('donors.listRule')}</p>
      <code className="caption mono">donor,entry,from,until,code</code>
      <Field label={t('donors.centre')}><Input maxLength={120} data-testid="list-centre" value={centre} onChange={(event) => setCentre(event.target.value)} /></Field>
      <FileChooser
        label={t('donors.listLabel')}
        file={file}
        disabled={forbidden !== null}
        onChoose={(chosen) => {
          take.reset();
          setFile(chosen);
        }}
      />
      <div className="row">
        <Button type="primary" data-testid="list-take" disabled={refused !== null} loading={take.isPending} onClick={() => file !== null && take.mutate(file)}>{t('lab.take')}</Button>
        {refused !== null && <span className="caption">{t('state.notNow')}{refused}</span>}
      </div>
      <FileFaults error={take.error} />
      {take.data && <p role="status" data-testid="list-taken">✓ {t('donors.taken', { n: take.data.rows, held: take.data.held })}</p>}
      <h3>{t('donors.lists')}</h3>
      <Loaded query={lists} rows={3}>
        {(data) =>
          data.items.length === 0 ? (
            <p className="muted">{t('donors.noLists')}</p>
          ) : (
            <ul className="lines">
              {data.items.map((list) => <li key={list.id} className="lines-row"><span>{list.centre} <span className="caption">{t('donors.rows', { n: list.rows })}</span></span><span className="caption"><Moment at={list.taken_at} /> · {list.taken_by}</span></li>)}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

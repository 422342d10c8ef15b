import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { LaboratoryFileOutcome } from '../api/types';
import { BagLink } from '../bags/BagLink';
import { reasonsText } from '../bags/reasons';
import { useText } from '../i18n/text';
import { MAY_GIVE_RESULTS, useWriteRefusal } from '../shell/useWriteRefusal';
import { FileChooser, type ChosenFile } from '../ui/FileChooser';
import { FileFaults } from '../ui/FileFaults';

/** A file of raw results, all of it or nothing; each fault is named by its line. */
export function ResultsFile() {
  const { t } = useText();
  const client = useQueryClient();
  const forbidden = useWriteRefusal(MAY_GIVE_RESULTS);
  const [file, setFile] = useState<ChosenFile | null>(null);
  const take = useMutation({
    mutationFn: (chosen: ChosenFile) => api.post<LaboratoryFileOutcome>('/laboratory/files', { name: chosen.name, text: chosen.text }),
    onSuccess: () => {
      for (const key of ['laboratory', 'release', 'bags']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const choose = (chosen: ChosenFile) => {
    take.reset();
    setFile(chosen);
  };
  return (
    <div className="card" data-testid="results-file">
      <h2>{t('lab.takeFile')}</h2>
      <p className="caption">{t('lab.fileRule')}</p>
      <code className="caption mono">din,run,test,value,method,reagent,device,at</code>
      <FileChooser label={t('lab.fileLabel')} file={file} disabled={forbidden !== null} onChoose={choose} />
      <div className="row">
        <Button type="primary" data-testid="file-take" disabled={forbidden !== null || file === null} loading={take.isPending} onClick={() => file !== null && take.mutate(file)}>{t('lab.take')}</Button>
        {(forbidden !== null || file === null) && <span className="caption">{t('state.notNow')}{forbidden ?? t('lab.fileNeeded')}</span>}
      </div>
      <FileFaults error={take.error} />
      {take.data && <Taken outcome={take.data} />}
    </div>
  );
}

function Taken({ outcome }: { outcome: LaboratoryFileOutcome }) {
  const text = useText();
  const { t } = text;
  return (
    <section role="status" data-testid="file-taken">
      <p>✓ {outcome.already ? t('lab.already') : t('lab.taken', { n: outcome.rows, donations: outcome.donations })}</p>
      <p className="caption mono ellipsis" title={outcome.sha256}>SHA-256 {outcome.sha256}</p>
      {outcome.released.length > 0 && <p>{t('lab.released', { n: outcome.released.length })}</p>}
      {outcome.released.length > 0 && <ul className="lines">{outcome.released.map((bag) => <li key={bag}><BagLink bag={bag} /></li>)}</ul>}
      {outcome.refused.length > 0 && <p>{t('lab.notReleased', { n: outcome.refused.length })}</p>}
      <ul className="lines">
        {outcome.refused.map((one) => <li key={one.bag}><BagLink bag={one.bag} /><p className="caption">{reasonsText(text, one)}</p></li>)}
      </ul>
    </section>
  );
}

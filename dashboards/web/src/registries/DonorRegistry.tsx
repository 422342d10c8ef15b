import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api } from '../api/client';
import { deskQueries } from '../api/deskQueries';
import type { DonorFileTaken } from '../api/types';
import { formatGroup } from '../format/blood';
import { formatNumber } from '../format/number';
import { useText } from '../i18n/text';
import { MAY_DECIDE, useWriteRefusal } from '../shell/useWriteRefusal';
import { FileChooser, type ChosenFile } from '../ui/FileChooser';
import { FileFaults } from '../ui/FileFaults';
import { Loaded } from '../ui/Loaded';
import { Unseen } from './Unseen';

const COLUMNS = { platelet: 'donor,hla,hpa,group,state,last_donation_at', rare: 'donor,antigens,group,state,last_donation_at' } as const;

interface Props {
  registry: keyof typeof COLUMNS;
}

/** Who is in the registry, by pseudonym, and a file that makes many known at once. Quality only. */
export function DonorRegistry({ registry }: Props) {
  const { t } = useText();
  const forbidden = useWriteRefusal(MAY_DECIDE);
  if (forbidden !== null) return <Unseen why={forbidden} />;
  return (
    <div className="card">
      <h2>{t(`registry.donors.${registry}`)}</h2>
      <DonorFile registry={registry} />
      {registry === 'platelet' ? <PlateletDonors /> : <RareDonors />}
    </div>
  );
}

function DonorFile({ registry }: Props) {
  const { t } = useText();
  const client = useQueryClient();
  const [file, setFile] = useState<ChosenFile | null>(null);
  const take = useMutation({
    mutationFn: (chosen: ChosenFile) => api.post<DonorFileTaken>(`/registries/${registry}-donors/file`, { text: chosen.text }),
    onSuccess: () => {
      setFile(null);
      void client.invalidateQueries({ queryKey: ['registries'] });
    },
  });
  return (
    <section data-testid="donor-file">
      <code className="caption mono">{COLUMNS[registry]}</code>
      <FileChooser
        label={t('registry.fileLabel')}
        file={file}
        onChoose={(chosen) => {
          take.reset();
          setFile(chosen);
        }}
      />
      <div className="row"><Button disabled={file === null} loading={take.isPending} onClick={() => file !== null && take.mutate(file)}>{t('lab.take')}</Button></div>
      <FileFaults error={take.error} />
      {take.data && <p role="status">✓ {t('registry.fileTaken', { n: take.data.rows, added: take.data.added, changed: take.data.changed })}</p>}
    </section>
  );
}

function PlateletDonors() {
  const { t, word } = useText();
  const [typed, setTyped] = useState('');
  const donors = useQuery({ ...deskQueries.plateletDonors(useDeferredValue(typed.trim())), placeholderData: keepPreviousData });
  return (
    <section>
      <Input allowClear className="mono" aria-label={t('desk.search')} placeholder={t('donors.donor')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Loaded query={donors} rows={4}>
        {(data) => (
          <>
            <p className="caption">{t('registry.donorsN', { n: formatNumber(data.total) })}</p>
            <ul className="lines">
              {data.items.map((donor) => (
                <li key={donor.donor}>
                  <div className="lines-row"><span className="mono">{donor.donor}</span><span className="label">{donor.group !== null && formatGroup(donor.group)} {word('donorState', donor.state)}</span></div>
                  <p className="caption mono">{donor.hla} {donor.hpa}</p>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

function RareDonors() {
  const { t, word } = useText();
  const [typed, setTyped] = useState('');
  const donors = useQuery({ ...deskQueries.rareDonors(useDeferredValue(typed.trim())), placeholderData: keepPreviousData });
  return (
    <section>
      <Input allowClear className="mono" aria-label={t('desk.search')} placeholder={t('donors.donor')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Loaded query={donors} rows={4}>
        {(data) => (
          <>
            <p className="caption">{t('registry.donorsN', { n: formatNumber(data.total) })}</p>
            <ul className="lines">
              {data.items.map((donor) => (
                <li key={donor.donor}>
                  <div className="lines-row"><span className="mono">{donor.donor}</span><span className="label">{donor.group !== null && formatGroup(donor.group)} {word('mayDonate', donor.may_donate)}</span></div>
                  <p className="caption mono">{donor.antigens}</p>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

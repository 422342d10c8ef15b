import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { EdgeTrouble } from '../api/types';
import { formatMoment, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { TwoSignatures } from '../session/TwoSignatures';
import { MAY_ACCEPT_LOSS, useWriteRefusal } from '../shell/useWriteRefusal';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Panel } from '../ui/Panel';

/** Facts of an edge that are lost or may be: each stands until two people have looked and accept it. */
export function TroublesPanel() {
  const { t, word, language } = useText();
  const zone = useTimezone();
  const client = useQueryClient();
  const troubles = useQuery(queries.edgeTroubles());
  const refused = useWriteRefusal(MAY_ACCEPT_LOSS);
  const [inHand, setInHand] = useState<EdgeTrouble | null>(null);
  const accept = async (signatures: [string, string]) => {
    if (inHand === null) return;
    await api.post(`/edges/troubles/${encodeURIComponent(inHand.id)}/accept`, { signatures });
    setInHand(null);
    await client.invalidateQueries({ queryKey: ['troubles'] });
  };
  return (
    <Panel title={t('trouble.title')} caption={t('trouble.note')} className="dead">
      <Loaded query={troubles} rows={2}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty>{t('trouble.none')}</Empty>
          ) : (
            <table className="list">
              <thead>
                <tr>
                  <th>{t('dead.edge')}</th>
                  <th>{t('trouble.kind')}</th>
                  <th>{t('dead.why')}</th>
                  <th>{t('trouble.since')}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {data.items.map((trouble) => (
                  <tr key={trouble.id} data-testid="edge-trouble" data-id={trouble.id}>
                    <td className="mono">{trouble.edge}</td>
                    <td className="nowrap"><span className="tag high">▲ {word('troubleKind', trouble.kind)}</span></td>
                    <td>{trouble.detail}<span className="caption mono">{trouble.epoch}</span></td>
                    <td className="nowrap">{formatMoment(instant(trouble.raised_at), zone, language)}</td>
                    <td className="number"><Button size="small" data-testid="edge-accept" disabled={refused !== null} onClick={() => setInHand(trouble)}>{t('trouble.accept')}</Button></td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {refused !== null && (troubles.data?.items.length ?? 0) > 0 && <p className="caption">{t('state.notNow')}{refused}</p>}
      <Modal title={t('trouble.acceptTitle')} open={inHand !== null} footer={null} destroyOnHidden onCancel={() => setInHand(null)}>
        {inHand !== null && (
          <>
            <p><b className="mono">{inHand.edge}</b> {word('troubleKind', inHand.kind)}</p>
            <p className="label">{inHand.detail}</p>
            <TwoSignatures key={inHand.id} act="edge.accept" subject={inHand.id} content={{}} meaning={t('trouble.meaning')} doIt={t('trouble.accept')} refused={refused} onDone={accept} />
          </>
        )}
      </Modal>
    </Panel>
  );
}

import { Modal } from 'antd';
import { useText, type TextKey } from '../i18n/text';
import { Kbd } from '../ui/Kbd';
import { usePlaces } from './usePlaces';
import './HelpDialog.css';

const KEYS: [string[], TextKey][] = [
  [['/'], 'help.search'],
  [['F2'], 'help.scan'],
  [['↑', '↓'], 'help.rows'],
  [['Enter'], 'help.open'],
  [['Esc'], 'help.close'],
  [['A'], 'help.acknowledge'],
  [['S'], 'help.shelve'],
  [['?'], 'help.help'],
];

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useText();
  const places = usePlaces();
  return (
    <Modal title={t('help.title')} open={open} onCancel={onClose} footer={null} width={480}>
      <dl className="help">
        {KEYS.map(([keys, text]) => (
          <div key={text}>
            <dt>{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <h3 className="help-go">{t('help.go')}</h3>
      <dl className="help help-places">
        {places.map(({ id, key, chord }) => chord !== undefined && (
          <div key={id}>
            <dt><Kbd>G</Kbd><Kbd>{chord.toUpperCase()}</Kbd></dt>
            <dd>{t(key)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

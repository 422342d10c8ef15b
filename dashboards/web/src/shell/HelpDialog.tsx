import { Modal } from 'antd';
import { useText, type TextKey } from '../i18n/text';
import { Kbd } from '../ui/Kbd';
import './HelpDialog.css';

const KEYS: [string[], TextKey][] = [
  [['/'], 'help.search'],
  [['F2'], 'help.scan'],
  [['G', 'B', 'A', 'O'], 'help.go'],
  [['↑', '↓'], 'help.rows'],
  [['Enter'], 'help.open'],
  [['Esc'], 'help.close'],
  [['A'], 'help.acknowledge'],
  [['S'], 'help.shelve'],
  [['?'], 'help.help'],
];

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useText();
  return (
    <Modal title={t('help.title')} open={open} onCancel={onClose} footer={null} width={440}>
      <dl className="help">
        {KEYS.map(([keys, text]) => (
          <div key={text}>
            <dt>{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

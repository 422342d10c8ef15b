import { Button } from 'antd';
import { useText } from '../i18n/text';
import { csvOf, saveText } from './csv';

interface Props {
  name: string;
  /** Heads first; asked for when the button is pressed. */
  rows: () => (readonly (string | number | null)[])[];
  disabled?: boolean;
}

/** What the table shows, as a file that a spreadsheet reads. */
export function SaveCsv({ name, rows, disabled = false }: Props) {
  const { t } = useText();
  return <Button size="small" data-testid={`csv-${name}`} disabled={disabled} onClick={() => saveText(`${name}.csv`, csvOf(rows()))}>{t('desk.csv')}</Button>;
}

import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useText } from '../i18n/text';

export interface ChosenFile {
  name: string;
  text: string;
}

interface Props {
  /** Read aloud, and under the button while nothing is chosen. */
  label: string;
  file: ChosenFile | null;
  disabled?: boolean;
  onChoose: (file: ChosenFile) => void;
}

/** A text file of this computer, read here and sent as text; its name and number of lines are shown. */
export function FileChooser({ label, file, disabled = false, onChoose }: Props) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const read = async (files: FileList | null) => {
    const first = files?.[0];
    if (first !== undefined) onChoose({ name: first.name, text: await first.text() });
  };
  return (
    <div
      className={`file ${over ? 'file-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!disabled) void read(event.dataTransfer.files);
      }}
    >
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        accept=".csv,.txt,text/csv"
        aria-label={label}
        data-testid="file-input"
        disabled={disabled}
        onChange={(event) => {
          void read(event.target.files);
          event.target.value = '';
        }}
      />
      <Button disabled={disabled} onClick={() => input.current?.click()}>{t('desk.file')}</Button>
      <span className="caption">{file === null ? label : t('desk.fileLines', { name: file.name, n: linesOf(file.text) })}</span>
    </div>
  );
}

/** Lines with something on them. */
export function linesOf(text: string): number {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '').length;
}

import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Skeleton } from '../ui/Skeleton';
import type { SubjectKind } from './acts';
import type { Subject } from './send';

interface Props {
  kind: SubjectKind;
  subjects: readonly Subject[] | null;
  onChoose: (subject: Subject) => void;
}

/** What the scans are for: a trip, a return, a count, a move. */
export function SubjectChooser({ kind, subjects, onChoose }: Props) {
  const { word } = useText();
  if (subjects === null) return <Skeleton rows={4} />;
  if (subjects.length === 0) return <Empty>{word('scanNone', kind)}</Empty>;
  return (
    <div className="scan-subjects">
      <h2>{word('scanSubject', kind)}</h2>
      {subjects.map((subject) => (
        <button key={`${subject.id} ${subject.hospital ?? ''}`} type="button" className="scan-target scan-act" data-testid="scan-subject" data-subject={subject.id} onClick={() => onChoose(subject)}>{subject.label}</button>
      ))}
    </div>
  );
}

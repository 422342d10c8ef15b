import type { ReactNode } from 'react';
import './Split.css';

interface Props {
  /** What there is: usually a list, with its filters above it. */
  children: ReactNode;
  /** The thing in hand. */
  side: ReactNode;
  label: string;
}

/** A list and, beside it, the thing in hand; a narrow window puts one below the other. */
export function Split({ children, side, label }: Props) {
  return (
    <div className="split">
      <div className="split-main">{children}</div>
      <aside className="split-side" aria-label={label}>{side}</aside>
    </div>
  );
}

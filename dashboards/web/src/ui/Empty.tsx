import type { ReactNode } from 'react';
import './states.css';

/** One grey sentence, and one action if there is one. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

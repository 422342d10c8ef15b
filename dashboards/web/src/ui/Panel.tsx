import { useId, type ReactNode } from 'react';
import './Panel.css';

interface Props {
  title: string;
  caption?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A heading, what it says in small, and its content. The heading stays when the content is empty or failed. */
export function Panel({ title, caption, className = '', children }: Props) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {caption !== undefined && <div className="panel-caption">{caption}</div>}
      </div>
      {children}
    </section>
  );
}

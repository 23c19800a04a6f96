import clsx from 'clsx';
import type { ReactNode } from 'react';

export interface CardProps {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  /** No padding around the content: for tables and lists that reach the border. */
  flush?: boolean;
}

export const Card = ({ title, aside, children, className, flush = false }: CardProps) => (
  <section className={clsx('min-w-0 rounded-lg border border-line bg-surface', className)}>
    {title ? (
      <header className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line px-3 py-1">
        <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">{title}</h2>
        {aside}
      </header>
    ) : null}
    <div className={clsx(!flush && 'p-3')}>{children}</div>
  </section>
);

/** Facts as pairs. Values that are null show a dash. */
export const KeyValue = ({
  pairs,
  columns = 1,
}: {
  pairs: readonly (readonly [string, ReactNode])[];
  columns?: 1 | 2 | 3;
}) => (
  <dl
    className={clsx(
      'grid gap-x-6 gap-y-1.5',
      columns === 2 && 'sm:grid-cols-2',
      columns === 3 && 'sm:grid-cols-2 lg:grid-cols-3',
    )}
  >
    {pairs.map(([key, value]) => (
      <div key={key} className="flex min-w-0 gap-3">
        <dt className="w-32 shrink-0 text-muted">{key}</dt>
        <dd className="min-w-0 flex-1 break-words">{value ?? <span className="text-faint">–</span>}</dd>
      </div>
    ))}
  </dl>
);

/** The head of a screen that is not about one object. */
export const PageHeader = ({ title, text, actions }: { title: string; text?: ReactNode; actions?: ReactNode }) => (
  <header className="mb-3 flex flex-wrap items-start gap-x-4 gap-y-2">
    <div className="min-w-0 flex-1 basis-64">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {text ? <p className="mt-0.5 max-w-3xl text-muted">{text}</p> : null}
    </div>
    {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
  </header>
);

import { CircleX, Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import { adviceOn } from '../api/advice.ts';
import { Button } from './button.tsx';
import { CodeBlock } from './code.tsx';

export interface EmptyProps {
  title: string;
  text?: ReactNode;
  /** The command that fills it. */
  command?: string;
  action?: ReactNode;
}
export const EmptyState = ({ title, text, command, action }: EmptyProps) => (
  <div className="mx-auto flex max-w-xl flex-col items-center gap-2 px-4 py-10 text-center">
    <Inbox aria-hidden size={26} className="text-faint" strokeWidth={1.5} />
    <p className="text-base font-medium">{title}</p>
    {text ? <p className="text-muted">{text}</p> : null}
    {command ? (
      <div className="w-full max-w-lg text-left">
        <CodeBlock code={command} />
      </div>
    ) : null}
    {action}
  </div>
);

/** What went wrong, what to do next, and the request id an operator can look up. */
export const ErrorState = ({ error, onRetry }: { error: unknown; onRetry?: () => void }) => {
  const { title, detail, next, requestId, problems } = adviceOn(error);
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-bad/40 bg-bad-soft p-3">
      <CircleX aria-hidden size={18} className="mt-0.5 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{title}</p>
        <p className="break-words">{detail}</p>
        {problems.length > 0 ? (
          <ul className="mt-1 list-disc pl-5">
            {problems.map(({ path, message }) => (
              <li key={`${path}${message}`}>
                <code className="font-mono text-xs">{path}</code> {message}
              </li>
            ))}
          </ul>
        ) : null}
        {next ? <p className="mt-1">{next}</p> : null}
        {requestId ? <p className="mt-1 font-mono text-xs">Request {requestId}</p> : null}
      </div>
      {onRetry ? (
        <Button small className="self-start" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
};

export const Skeleton = ({ className }: { className: string }) => (
  <div aria-hidden className={`skeleton ${className}`} />
);
/** Says that something loads, once, to screen readers, and keeps the size of what comes. */
export const Loading = ({ children, label = 'Loading' }: { children: ReactNode; label?: string }) => (
  <div role="status" aria-label={label}>
    {children}
  </div>
);

import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';

interface Props {
  /** How many rows there are. */
  text: string;
  /** What is under way, e.g. a jump to rows that are not loaded yet. */
  progress?: string | null;
  more?: { busy: boolean; load: () => void } | null;
  waiting: number;
  onShowWaiting: () => void;
  selected: number;
  onClear: () => void;
  children: ReactNode;
}

/** N of M, new rows that wait, and what can be done with the selected ones. */
export const TableFooter = ({
  text,
  progress = null,
  more = null,
  waiting,
  onShowWaiting,
  selected,
  onClear,
  children,
}: Props) => (
  <div className="flex min-h-10 flex-wrap items-center gap-2 border-t border-line px-2.5 py-1 text-xs text-muted">
    <span className="tabular-nums" role="status">
      {text}
    </span>
    {progress ? <span className="tabular-nums text-info">{progress}</span> : null}
    {more ? (
      <Button small busy={more.busy} onClick={more.load}>
        Load more
      </Button>
    ) : null}
    {waiting > 0 ? (
      <Button small tone="primary" className="!rounded-full" onClick={onShowWaiting}>
        {formatCount(waiting)} new
      </Button>
    ) : null}
    <div className="flex-1" />
    {selected > 0 ? (
      <>
        <span className="tabular-nums">{formatCount(selected)} selected</span>
        {children}
        <Button small tone="quiet" onClick={onClear}>
          Clear
        </Button>
      </>
    ) : null}
  </div>
);

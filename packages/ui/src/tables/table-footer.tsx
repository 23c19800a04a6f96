import type { ReactNode } from 'react';
import type { Rows } from '../api/rows.ts';
import { Button } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';

interface Props {
  rows: Rows<unknown>;
  shown: number;
  selected: number;
  onClear: () => void;
  children: ReactNode;
}

/** N of M, new rows that wait, and what can be done with the selected ones. */
export const TableFooter = ({ rows, shown, selected, onClear, children }: Props) => (
  <div className="flex min-h-10 flex-wrap items-center gap-2 border-t border-line px-2.5 py-1 text-xs text-muted">
    <span className="tabular-nums" role="status">
      {shown === rows.rows.length ? formatCount(shown) : `${formatCount(shown)} of ${formatCount(rows.rows.length)}`}
      {rows.hasMore ? ' loaded, there are more' : shown === 1 && rows.rows.length === 1 ? ' row' : ' rows'}
    </span>
    {rows.hasMore ? (
      <Button small busy={rows.loadingMore} onClick={rows.loadMore}>
        Load more
      </Button>
    ) : null}
    {rows.waiting > 0 ? (
      <Button small tone="primary" className="!rounded-full" onClick={rows.showWaiting}>
        {formatCount(rows.waiting)} new
      </Button>
    ) : null}
    <div className="flex-1" />
    {selected > 0 ? (
      <>
        <span className="tabular-nums">{selected} selected</span>
        {children}
        <Button small tone="quiet" onClick={onClear}>
          Clear
        </Button>
      </>
    ) : null}
  </div>
);

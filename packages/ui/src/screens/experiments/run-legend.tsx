import type { Run } from '@millwright/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { type Selection, noSelection, withIds } from '../../tables/selection.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { Status } from '../../ui/badge.tsx';
import { formatCount } from '../../ui/format.ts';
import { Swatch } from '../../ui/swatch.tsx';
import type { CurveGroup } from './curves.tsx';
import { runTitle } from './run-values.ts';

interface Props {
  runs: readonly Run[];
  groups: readonly CurveGroup[] | null;
  selection: Selection;
  onSelect: (next: Selection) => void;
}
const lineHeightPx = 28;
const heightPx = 560;

/** The runs that are compared, with their colours. Those chosen here are chosen in the table and all charts. */
export const RunLegend = ({ runs, groups, selection, onSelect }: Props) => {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeightPx,
    overscan: 8,
  });
  return (
    <Card
      flush
      title={selection.size === 0 ? `${formatCount(runs.length)} runs` : `${selection.size} of ${runs.length} chosen`}
      aside={
        selection.size === 0 ? null : (
          <Button small tone="quiet" onClick={() => onSelect(noSelection)}>
            All
          </Button>
        )
      }
    >
      {groups ? (
        <ul className="border-b border-line px-3 py-1.5">
          {groups.map((group) => (
            <li key={group.value} className="flex items-center">
              <button
                type="button"
                className="flex min-h-6 w-full min-w-0 items-center gap-2 text-left hover:text-accent"
                onClick={() =>
                  onSelect(
                    withIds(
                      noSelection,
                      group.runs.map((run) => run.id),
                      true,
                    ),
                  )
                }
              >
                <Swatch entity={group.entity} />
                <span className="min-w-0 flex-1 truncate">{group.value}</span>
                <span className="text-xs text-faint tabular-nums">{group.runs.length}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label="Runs that are compared"
        className="overflow-y-auto px-3 py-1"
        style={{ maxHeight: heightPx }}
      >
        <ul className="relative" style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map((item) => {
            const run = runs[item.index] as Run;
            return (
              <li
                key={run.id}
                className="absolute inset-x-0 top-0 flex items-center gap-2"
                style={{ height: lineHeightPx, transform: `translateY(${item.start}px)` }}
              >
                <Checkbox
                  className="min-w-0 flex-1"
                  checked={selection.has(run.id)}
                  onChange={(event) => onSelect(withIds(selection, [run.id], event.target.checked))}
                  label={
                    <span className="flex min-w-0 items-center gap-1.5">
                      {groups ? null : <Swatch entity={run.id} />}
                      <span className="truncate" title={runTitle(run)}>
                        {runTitle(run)}
                      </span>
                    </span>
                  }
                />
                {run.status === 'finished' ? null : <Status quiet state={run.status} />}
              </li>
            );
          })}
        </ul>
      </div>
    </Card>
  );
};

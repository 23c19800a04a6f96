import { Table2, TrendingUp } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { IconButton } from '../../ui/button.tsx';
import type { Described } from '../prepare/chart.ts';

export interface ChartFrameProps {
  title: string;
  prepared: Described;
  /** Pixels; the table takes the same, so that nothing jumps. */
  height: number;
  aside?: ReactNode;
  legend?: readonly { label: string; colour: string; pale?: boolean }[];
  children: ReactNode;
}

const legendAtMost = 8;

/** Around every chart: its title, a sentence for those who do not see it, and the same as a table. */
export const ChartFrame = ({ title, prepared, height, aside, legend, children }: ChartFrameProps) => {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const { head, rows } = prepared.table;
  return (
    <figure aria-labelledby={`${id}-title`} aria-describedby={`${id}-sentence`} className="min-w-0">
      <figcaption className="mb-1 flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <span id={`${id}-title`} className="text-sm font-semibold">
          {title}
        </span>
        {legend?.slice(0, legendAtMost).map((entry) => (
          <span key={entry.label} className="inline-flex items-center gap-1.5 text-xs text-muted">
            <svg aria-hidden width="14" height="8">
              <line
                x1="0"
                x2="14"
                y1="4"
                y2="4"
                stroke={entry.colour}
                strokeWidth="2.5"
                strokeDasharray={entry.pale ? '2 3' : undefined}
              />
            </svg>
            {entry.label}
          </span>
        ))}
        {legend && legend.length > legendAtMost ? (
          <span className="text-xs text-faint">and {legend.length - legendAtMost} more</span>
        ) : null}
        {prepared.note ? <span className="text-xs text-faint">{prepared.note}</span> : null}
        <span className="flex-1" />
        {aside}
        <IconButton
          label={asTable ? `Show ${title} as chart` : `Show ${title} as table`}
          className="!size-6"
          onClick={() => setAsTable(!asTable)}
          icon={asTable ? <TrendingUp aria-hidden size={14} /> : <Table2 aria-hidden size={14} />}
        />
      </figcaption>
      <p id={`${id}-sentence`} className="sr-only">
        {prepared.sentence}
      </p>
      {asTable ? (
        <div
          tabIndex={0}
          role="region"
          aria-label={`${title} as table`}
          className="overflow-auto rounded border border-line"
          style={{ maxHeight: height }}
        >
          <table className="w-full text-xs tabular-nums">
            <thead className="sticky top-0 bg-sunken text-left text-muted">
              <tr>
                {head.map((cell) => (
                  <th key={cell} scope="col" className="px-2 py-1 font-medium">
                    {cell}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index} className="border-t border-line">
                  {row.map((cell, at) => (
                    <td key={at} className="px-2 py-0.5">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {/* Kept while the table is shown: what draws itself into an element must find it again. */}
      <div hidden={asTable}>{children}</div>
    </figure>
  );
};

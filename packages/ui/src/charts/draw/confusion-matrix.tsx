import { formatCount, formatPercent } from '../../ui/format.ts';
import type { PreparedConfusion } from '../prepare/confusion.ts';
import { ChartFrame } from './chart-frame.tsx';

/** Rows are the truth, columns what the model said; the depth is the share of the row. */
export const ConfusionMatrix = ({ title, prepared }: { title: string; prepared: PreparedConfusion }) => (
  <ChartFrame title={title} prepared={prepared} height={240}>
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={title}>
      <table className="text-xs tabular-nums">
        <thead>
          <tr>
            <th scope="col" className="px-2 py-1 text-left font-normal text-faint">
              truth \ called
            </th>
            {prepared.labels.map((label) => (
              <th key={label} scope="col" className="px-2 py-1 font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {prepared.labels.map((label, truth) => (
            <tr key={label}>
              <th scope="row" className="px-2 py-1 text-left font-medium">
                {label}
              </th>
              {prepared.cells
                .filter((cell) => cell.truth === truth)
                .map((cell) => (
                  <td
                    key={cell.called}
                    className="min-w-20 border-2 border-surface px-3 py-2 text-center"
                    style={{
                      background: `color-mix(in oklab, ${cell.right ? 'var(--good)' : 'var(--bad)'} ${Math.round(cell.share * 30)}%, var(--sunken))`,
                    }}
                  >
                    <div className="text-sm font-medium">{formatCount(cell.count)}</div>
                    <div className="text-ink">
                      {formatPercent(cell.share)}
                      {cell.right ? ' right' : ''}
                    </div>
                  </td>
                ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </ChartFrame>
);

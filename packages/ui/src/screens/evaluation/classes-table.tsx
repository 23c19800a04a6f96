import type { Evaluation } from '@millwright/contract';
import { formatCount, formatPercent } from '../../ui/format.ts';

const Share = ({ value }: { value: number | null }) => (
  <span className="flex items-center gap-2">
    <span aria-hidden className="h-2 min-w-16 flex-1 rounded-sm bg-sunken">
      <span className="block h-full rounded-sm bg-(--series-1)" style={{ width: `${(value ?? 0) * 100}%` }} />
    </span>
    <span className="w-14 shrink-0 text-right tabular-nums">{formatPercent(value)}</span>
  </span>
);

/** Precision and recall of each class, with how many rows each stands on. */
export const ClassesTable = ({ classes }: { classes: NonNullable<Evaluation['classes']> }) => (
  <div tabIndex={0} role="region" aria-label="Classes" className="max-h-96 overflow-auto">
    <table className="w-full text-sm">
      <thead className="sticky top-0 bg-surface text-left text-xs text-muted">
        <tr>
          <th scope="col" className="py-1 pr-3 font-medium">
            Class
          </th>
          <th scope="col" className="px-3 py-1 text-right font-medium">
            Rows
          </th>
          <th scope="col" className="px-3 py-1 font-medium" title="Of all called so, how many are so">
            Precision
          </th>
          <th scope="col" className="py-1 pl-3 font-medium" title="Of all that are so, how many were found">
            Recall
          </th>
        </tr>
      </thead>
      <tbody>
        {classes.map((one) => (
          <tr key={one.label} className="border-t border-line">
            <th scope="row" className="py-1.5 pr-3 text-left font-medium break-words">
              {one.label}
            </th>
            <td className="px-3 py-1.5 text-right tabular-nums">{formatCount(one.rows)}</td>
            <td className="px-3 py-1.5">
              <Share value={one.precision} />
            </td>
            <td className="py-1.5 pl-3">
              <Share value={one.recall} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

import { formatPercent } from '../../ui/format.ts';
import type { PreparedColumn } from '../prepare/column-profile.ts';

const plotHeight = 64;

const Bars = ({ prepared }: { prepared: PreparedColumn }) => (
  <>
    <svg
      aria-hidden
      width="100%"
      height={plotHeight + 12}
      viewBox={`0 0 100 ${plotHeight + 12}`}
      preserveAspectRatio="none"
      className="block"
    >
      {prepared.bars.map((bar) => (
        <rect
          key={bar.from}
          x={bar.from * 100 + 0.2}
          y={(1 - bar.height) * plotHeight}
          width={Math.max(0.4, (bar.to - bar.from) * 100 - 0.4)}
          height={Math.max(bar.height > 0 ? 1 : 0, bar.height * plotHeight)}
          fill="var(--series-1)"
          fillOpacity={0.8}
        >
          <title>{bar.text}</title>
        </rect>
      ))}
      {prepared.quantiles ? (
        <g fill="var(--reference)">
          <rect
            x={prepared.quantiles.p05 * 100}
            y={plotHeight + 6}
            width={Math.max(0.5, (prepared.quantiles.p95 - prepared.quantiles.p05) * 100)}
            height={1.5}
          />
          <rect
            x={prepared.quantiles.p25 * 100}
            y={plotHeight + 4.5}
            width={Math.max(0.5, (prepared.quantiles.p75 - prepared.quantiles.p25) * 100)}
            height={4.5}
          />
          <rect x={prepared.quantiles.p50 * 100 - 0.5} y={plotHeight + 2} width={1} height={10} fill="var(--ink)" />
        </g>
      ) : null}
    </svg>
    <div className="flex justify-between text-2xs text-muted tabular-nums">
      <span>{prepared.low}</span>
      <span>{prepared.high}</span>
    </div>
  </>
);

const Top = ({ prepared }: { prepared: PreparedColumn }) => (
  <ul className="flex flex-col gap-0.5 text-2xs">
    {prepared.top.map((entry) => (
      <li key={entry.value} title={entry.text} className="flex items-center gap-2">
        <span className="w-24 shrink-0 truncate">{entry.value}</span>
        <span aria-hidden className="h-2 min-w-0 flex-1 rounded-sm bg-sunken">
          <span className="block h-full rounded-sm bg-(--series-1)" style={{ width: `${entry.share * 100}%` }} />
        </span>
        <span className="w-11 shrink-0 text-right text-muted tabular-nums">{formatPercent(entry.share)}</span>
      </li>
    ))}
  </ul>
);

/** What is in one column: a small histogram with its quantiles, or the most frequent values. */
export const ColumnCard = ({ prepared }: { prepared: PreparedColumn }) => (
  <figure
    aria-label={prepared.sentence}
    className="h-full min-w-0 overflow-hidden rounded-lg border border-line bg-surface p-2.5"
  >
    <figcaption className="mb-1.5 flex items-baseline gap-2">
      <span className="min-w-0 flex-1 truncate font-medium" title={prepared.name}>
        {prepared.name}
      </span>
      <span className="text-2xs text-muted">{prepared.type}</span>
    </figcaption>
    {prepared.bars.length > 0 ? (
      <Bars prepared={prepared} />
    ) : prepared.top.length > 0 ? (
      <Top prepared={prepared} />
    ) : (
      <p className="text-xs text-faint">No values</p>
    )}
    <p className="mt-1 text-2xs text-muted">
      {prepared.missingShare > 0 ? (
        <span className="text-warn">{formatPercent(prepared.missingShare)} missing</span>
      ) : (
        'None missing'
      )}
    </p>
  </figure>
);

const isKnown = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** A small line without axes, for cells and cards; the text says the same. Gaps stay gaps. */
export const Sparkline = ({
  values,
  label,
  width = 96,
  height = 24,
}: {
  values: readonly (number | null)[];
  label: string;
  width?: number;
  height?: number;
}) => {
  const known = values.filter(isKnown);
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const path = values
    .map((value, index) => {
      if (!isKnown(value)) return '';
      return `${isKnown(values[index - 1]) ? 'L' : 'M'}${((index / Math.max(1, values.length - 1)) * (width - 4) + 2).toFixed(1)},${(height - 3 - ((value - low) / span) * (height - 6)).toFixed(1)}`;
    })
    .join('');
  return (
    <svg role="img" aria-label={label} width={width} height={height} className="inline-block align-middle">
      <path d={path} fill="none" stroke="var(--series-1)" strokeWidth={1.5} />
    </svg>
  );
};

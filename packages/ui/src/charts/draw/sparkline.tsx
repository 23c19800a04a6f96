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
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  let pen = 'M';
  const path = values
    .map((value, index) => {
      if (value === null || !Number.isFinite(value)) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${((index / Math.max(1, values.length - 1)) * (width - 4) + 2).toFixed(1)},${(height - 3 - ((value - low) / span) * (height - 6)).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
  return (
    <svg role="img" aria-label={label} width={width} height={height} className="inline-block align-middle">
      <path d={path} fill="none" stroke="var(--series-1)" strokeWidth={1.5} />
    </svg>
  );
};

import { formatNumber } from '../../ui/format.ts';

/** How much a value is above or below another one. Nothing says which is better: that depends on the metric. */
export const Difference = ({
  value,
  than,
}: {
  value: number | string | undefined;
  than: number | string | undefined;
}) => {
  if (typeof value !== 'number' || typeof than !== 'number' || value === than) return null;
  const difference = value - than;
  return (
    <span className="mr-2 text-2xs text-muted">
      {difference > 0 ? '+' : '−'}
      {formatNumber(Math.abs(difference))}
    </span>
  );
};

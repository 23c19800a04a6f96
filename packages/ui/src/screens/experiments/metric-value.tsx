import type { MetricMeaning } from '@millwright/contract';
import { TriangleAlert } from 'lucide-react';
import { formatNumber } from '../../ui/format.ts';
import { outsideRange } from './metric-meaning.ts';

/** A value of a metric, marked where it cannot be right. */
export const MetricValue = ({
  value,
  meaning,
}: {
  value: number | string | null | undefined;
  meaning: MetricMeaning | undefined;
}) => {
  if (value === null || value === undefined) return <span className="text-faint">–</span>;
  const problem = outsideRange(value, meaning);
  if (problem === null) return formatNumber(value);
  return (
    <span title={`This value is ${problem}`} className="inline-flex items-center gap-1 text-warn">
      <TriangleAlert aria-label={`Is ${problem}:`} size={12} className="shrink-0" />
      {formatNumber(value)}
    </span>
  );
};

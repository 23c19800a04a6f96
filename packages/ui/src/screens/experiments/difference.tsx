import type { Direction } from '@millwright/contract';
import clsx from 'clsx';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { formatNumber } from '../../ui/format.ts';

/** How much a value is above or below another one, and whether that is better where the metric says so. */
export const Difference = ({
  value,
  than,
  direction,
}: {
  value: number | string | undefined;
  than: number | string | undefined;
  direction: Direction | null;
}) => {
  if (typeof value !== 'number' || typeof than !== 'number' || value === than) return null;
  const difference = value - than;
  const isKnown = direction === 'maximize' || direction === 'minimize';
  const isBetter = difference > 0 === (direction === 'maximize');
  const Mark = isBetter ? ThumbsUp : ThumbsDown;
  return (
    <span className={clsx('mr-2 text-2xs', isKnown ? (isBetter ? 'text-good' : 'text-bad') : 'text-muted')}>
      {isKnown ? <Mark aria-label={isBetter ? 'better,' : 'worse,'} size={10} className="mr-0.5 inline" /> : null}
      {difference > 0 ? '+' : '−'}
      {formatNumber(Math.abs(difference))}
    </span>
  );
};

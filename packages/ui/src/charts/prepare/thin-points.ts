import type { MetricPoint } from '@millwright/contract';

/**
 * At most `limit` points, in the order of their steps: of each stretch of equal width the least, the greatest and the
 * first that is no number, so that no spike is hidden. Stretches are of steps and not of counts: points that were thinned
 * before would lose detail with every time otherwise.
 */
export const thinPoints = (points: readonly MetricPoint[], limit: number): MetricPoint[] => {
  const sorted = [...points].sort((a, b) => a.step - b.step || a.at - b.at);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (sorted.length <= limit || !first || !last) return sorted;
  const stretches = Math.max(1, Math.floor((limit - 2) / 3));
  // Of points that are all at one step, the time tells them apart.
  const place = first.step === last.step ? (point: MetricPoint) => point.at : (point: MetricPoint) => point.step;
  const width = place(last) - place(first) || 1;
  const kept = new Set([first, last]);
  let now = -1;
  let low: MetricPoint | null = null;
  let high: MetricPoint | null = null;
  let special: MetricPoint | null = null;
  const keep = () => {
    for (const point of [low, high, special]) if (point) kept.add(point);
    [low, high, special] = [null, null, null];
  };
  for (const point of sorted) {
    const stretch = Math.min(stretches - 1, Math.floor(((place(point) - place(first)) / width) * stretches));
    if (stretch !== now) keep();
    now = stretch;
    const { value } = point;
    if (typeof value !== 'number') special ??= point;
    else {
      if (!low || value < (low.value as number)) low = point;
      if (!high || value > (high.value as number)) high = point;
    }
  }
  keep();
  return [...kept].sort((a, b) => a.step - b.step || a.at - b.at);
};

/** A value at a step and a time; a text where it is no number. */
export interface SampledPoint {
  step: number;
  at: number;
  value: number | string;
}

/** The smallest, the greatest and the first special point of points that follow one another. */
interface Bucket<P> {
  low: P | null;
  high: P | null;
  special: P | null;
  points: number;
}

/**
 * Keeps of a long stream of points at most `limit`: the first, the last, and per bucket of points that follow one
 * another its smallest and greatest value and the first that is no number, so that no spike and no NaN is lost.
 */
export interface Sampler<P> {
  add(point: P): void;
  /** In the order of their steps, then times. */
  points(): P[];
}

const isSpecial = (point: SampledPoint): boolean => typeof point.value !== 'number';
/** Of finite points. */
const lower = <P extends SampledPoint>(a: P | null, b: P): P => (!a || b.value < a.value ? b : a);
const higher = <P extends SampledPoint>(a: P | null, b: P): P => (!a || b.value > a.value ? b : a);

/** `total`: how many points will be added; more of them make the last bucket larger. */
export const createSampler = <P extends SampledPoint>(limit: number, total: number): Sampler<P> => {
  const maxBuckets = Math.max(1, Math.floor((limit - 2) / 3));
  const bucketPoints = Math.ceil(total / maxBuckets);
  const buckets: Bucket<P>[] = [];
  let first: P | null = null;
  let last: P | null = null;
  return {
    add(point) {
      first ??= point;
      last = point;
      let bucket = buckets.at(-1);
      if (!bucket || (bucket.points >= bucketPoints && buckets.length < maxBuckets)) {
        bucket = { low: null, high: null, special: null, points: 0 };
        buckets.push(bucket);
      }
      bucket.points += 1;
      if (isSpecial(point)) bucket.special ??= point;
      else {
        bucket.low = lower(bucket.low, point);
        bucket.high = higher(bucket.high, point);
      }
    },
    points() {
      const kept = new Set<P>();
      for (const point of [first, last]) if (point) kept.add(point);
      for (const { low, high, special } of buckets)
        for (const point of [low, high, special]) if (point) kept.add(point);
      const points = [...kept].sort((a, b) => a.step - b.step || a.at - b.at);
      // Of so few there is no room for both ends and a bucket between them.
      return points.length <= limit ? points : points.slice(-limit);
    },
  };
};

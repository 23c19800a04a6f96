/** Trips when half of a group of successive challenger requests failed: long before a statistical test could say so. */
export interface Breaker {
  /** True on the request that trips it. */
  record(failed: boolean): boolean;
  readonly tripped: { requests: number; failed: number } | null;
}

const groupSize = 20;
const trippingShare = 0.5;

export const createBreaker = (): Breaker => {
  let requests = 0;
  let failures = 0;
  let tripped: Breaker['tripped'] = null;
  return {
    get tripped() {
      return tripped;
    },
    record(failed) {
      requests++;
      if (failed) failures++;
      if (tripped !== null || requests < groupSize) return false;
      if (failures >= groupSize * trippingShare) tripped = { requests, failed: failures };
      requests = 0;
      failures = 0;
      return tripped !== null;
    },
  };
};

import type { Clock } from '#platform/clock';
import type { Ids } from '#platform/ids';

const perStem = 36 ** 5;
const stemMs = 1000;

/** Ids of predictions: a sortable id once a second and a number behind it, because making one per prediction costs too much. */
export const createPredictionIds = (ids: Ids, clock: Clock): (() => string) => {
  let stem = '';
  let stemAt = Number.NEGATIVE_INFINITY;
  let next = 0;
  return () => {
    const now = clock.now();
    if (now - stemAt >= stemMs || next >= perStem) {
      stem = ids.next('prd');
      stemAt = now;
      next = 0;
    }
    return `${stem}-${(next++).toString(36).padStart(5, '0')}`;
  };
};

import type { Clock } from '#platform/clock';

const firstMs = 1000;
const longestMs = 300_000;

/** A receiver that fails is left alone for a while by every delivery, so that it does not hold up the others. */
export const createPauses = (clock: Clock) => {
  const paused = new Map<string, { until: number; failures: number }>();
  return {
    leftMs: (channelId: string): number => Math.max(0, (paused.get(channelId)?.until ?? 0) - clock.now()),
    /** Somebody wants to see now whether it works again. */
    end: (channelId: string): void => void paused.delete(channelId),
    note(channelId: string, isDelivered: boolean): void {
      if (isDelivered) {
        paused.delete(channelId);
        return;
      }
      const failures = (paused.get(channelId)?.failures ?? 0) + 1;
      const waitMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));
      paused.set(channelId, { until: clock.now() + waitMs, failures });
    },
  };
};

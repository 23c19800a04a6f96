import type { Cron } from './cron.ts';
import { type LocalMs, nextLocalMatch } from './local-match.ts';
import { nextOffsetChange, offsetMs } from './zone-offset.ts';

/** Longer than any change of a zone's clock (Samoa left out a whole day in 2011). */
const changeReachMs = 26 * 3600_000;

/**
 * The first instant after `afterMs` at which the schedule is due in the zone, in epoch milliseconds, or null when no date
 * within 41 years matches. Throws RangeError for an unknown zone.
 *
 * When clocks change, Vixie cron's rules hold. A schedule whose minute or hour field begins with `*` follows the clock on
 * the wall minute by minute: it keeps its rhythm through a repeated hour and has nothing to do in a skipped one. Any other
 * schedule means times of the day: a repeated time runs at its first occurrence only, and times that are skipped run
 * together, once, at the first instant after the gap.
 */
export function nextAt(cron: Cron, timeZone: string, afterMs: number): number | null {
  const followsClock = cron.minutes.wildcard || cron.hours.wildcard;
  return followsClock ? nextOnClock(cron, timeZone, afterMs) : nextTimeOfDay(cron, timeZone, afterMs);
}

function nextOnClock(cron: Cron, timeZone: string, afterMs: number): number | null {
  for (let from = afterMs; ; ) {
    const offset = offsetMs(timeZone, from);
    const local = nextLocalMatch(cron, from + offset);
    if (local === null) return null;
    const due = local - offset;
    const change = nextOffsetChange(timeZone, from, due);
    if (change === undefined) return due;
    // The clock jumps before the match: look again from the first instant under the new offset, which may match itself.
    const newOffset = offsetMs(timeZone, change);
    if (nextLocalMatch(cron, change + newOffset - 1) === change + newOffset) return change;
    from = change;
  }
}

function nextTimeOfDay(cron: Cron, timeZone: string, afterMs: number): number | null {
  let local: LocalMs | null = afterMs + offsetMs(timeZone, afterMs);
  for (;;) {
    local = nextLocalMatch(cron, local);
    if (local === null) return null;
    const due = firstInstantReaching(timeZone, local);
    // In the second pass of a repeated hour the time was already due in the first one.
    if (due > afterMs) return due;
  }
}

/** The first instant at which the local clock shows `local` or, when it never does, a later time. */
function firstInstantReaching(timeZone: string, local: LocalMs): number {
  const earliest = local - offsetMs(timeZone, local) - changeReachMs;
  const before = offsetMs(timeZone, earliest);
  const change = nextOffsetChange(timeZone, earliest, earliest + 2 * changeReachMs);
  if (change === undefined || local - before < change) return local - before;
  return Math.max(change, local - offsetMs(timeZone, change));
}

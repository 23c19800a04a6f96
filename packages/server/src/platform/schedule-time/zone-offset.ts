const formats = new Map<string, Intl.DateTimeFormat>();
const minuteMs = 60_000;
/** No zone has changed its offset twice within this time since 1970, so a sampled search misses no change. */
const samplingStepMs = 5 * 24 * 3600_000;

/** Whether the name is one of the IANA zones (or UTC) that this runtime knows. Offsets such as +02:00 are refused. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatFor(name);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds to add to an instant to get its local time in the zone. Throws RangeError for an unknown zone. */
export function offsetMs(timeZone: string, atMs: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatFor(timeZone).formatToParts(atMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

/** The first instant in (afterMs, untilMs] with another offset than at `afterMs`. */
export function nextOffsetChange(timeZone: string, afterMs: number, untilMs: number): number | undefined {
  const offset = offsetMs(timeZone, afterMs);
  let same = afterMs;
  while (same < untilMs) {
    const probe = Math.min(same + samplingStepMs, untilMs);
    if (offsetMs(timeZone, probe) !== offset) return bisect(timeZone, offset, same, probe);
    same = probe;
  }
  return undefined;
}

/** Changes fall on whole minutes of UTC. */
function bisect(timeZone: string, offset: number, same: number, different: number): number {
  let low = Math.floor(same / minuteMs);
  let high = Math.ceil(different / minuteMs);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(timeZone, middle * minuteMs) === offset) low = middle;
    else high = middle;
  }
  return high * minuteMs;
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

const whole = new Intl.NumberFormat('en-US');
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

export const formatCount = (count: number): string =>
  Math.abs(count) < 100_000 ? whole.format(count) : compact.format(count);

/** Four significant digits; very large and very small numbers as powers of ten. A dash for what is not there. */
export const formatNumber = (value: number | string | null | undefined): string => {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value === 'Infinity' ? '∞' : value === '-Infinity' ? '−∞' : value;
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2).replace('e+', 'e');
  if (Number.isInteger(value)) return whole.format(value);
  return String(Number(value.toPrecision(size >= 1000 ? 6 : 4)));
};

export const formatPercent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? '–' : `${Number((share * 100).toFixed(digits))} %`;

export const formatBytes = (sizeBytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
};

export const formatDuration = (durationMs: number): string => {
  const ms = Math.max(0, durationMs);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return Math.floor(seconds % 60) === 0 ? `${minutes} min` : `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

// Made once: each `toLocaleString` makes one anew, which took a table longer than anything else it draws.
const instant = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const formatInstant = (at: number): string => instant.format(at);

export const formatRelative = (at: number, now: number): string => {
  const gapMs = at - now;
  const size = Math.abs(gapMs);
  if (size < 10_000) return 'just now';
  const text =
    size < 60_000
      ? `${Math.round(size / 1000)} s`
      : size < 3_600_000
        ? `${Math.round(size / 60_000)} min`
        : size < 172_800_000
          ? `${Math.round(size / 3_600_000)} h`
          : size < 60 * 86_400_000
            ? `${Math.round(size / 86_400_000)} d`
            : `${Math.round(size / (30.44 * 86_400_000))} mo`;
  return gapMs < 0 ? `${text} ago` : `in ${text}`;
};

import { describe, expect, it } from 'vitest';
import { isTimeZone, nextAt, parseCron } from './index.ts';

const at = Date.parse;

function due(expression: string, timeZone: string, after: string, count = 1): (string | null)[] {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(parsed.message);
  const found: (string | null)[] = [];
  for (let ms: number | null = at(after); found.length < count && ms !== null; ) {
    ms = nextAt(parsed.cron, timeZone, ms);
    found.push(ms === null ? null : new Date(ms).toISOString());
  }
  return found;
}

describe('nextAt', () => {
  it('answers strictly later than the given instant, on whole minutes', () => {
    expect(due('* * * * *', 'UTC', '2026-03-01T10:00:00.000Z')).toEqual(['2026-03-01T10:01:00.000Z']);
    expect(due('0 10 * * *', 'UTC', '2026-03-01T09:59:59.999Z')).toEqual(['2026-03-01T10:00:00.000Z']);
    expect(due('0 10 * * *', 'UTC', '2026-03-01T10:00:00.000Z')).toEqual(['2026-03-02T10:00:00.000Z']);
  });

  it('reads the fields in the local time of the zone', () => {
    expect(due('30 9 * * MON-FRI', 'Asia/Kathmandu', '2026-03-06T04:00:00Z', 2)).toEqual([
      '2026-03-09T03:45:00.000Z',
      '2026-03-10T03:45:00.000Z',
    ]);
  });

  it('matches a day by either day field when both are restricted, by both when one begins with a star', () => {
    expect(due('0 0 13 * FRI', 'UTC', '2026-03-01T00:00:00Z', 3)).toEqual([
      '2026-03-06T00:00:00.000Z',
      '2026-03-13T00:00:00.000Z',
      '2026-03-20T00:00:00.000Z',
    ]);
    expect(due('0 0 */2 * MON', 'UTC', '2026-03-01T00:00:00Z', 2)).toEqual([
      '2026-03-09T00:00:00.000Z',
      '2026-03-23T00:00:00.000Z',
    ]);
  });

  it('runs a skipped time once, at the first instant after the gap', () => {
    expect(due('30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T06:30:00.000Z',
    ]);
    expect(due('0,20,40 2,3 * * *', 'America/New_York', '2026-03-08T05:00:00Z', 3)).toEqual([
      '2026-03-08T07:00:00.000Z',
      '2026-03-08T07:20:00.000Z',
      '2026-03-08T07:40:00.000Z',
    ]);
  });

  it('runs a repeated time at its first occurrence only', () => {
    expect(due('30 1 * * *', 'America/New_York', '2026-11-01T04:00:00Z', 2)).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
    expect(due('30 1 * * *', 'America/New_York', '2026-11-01T06:10:00Z')).toEqual(['2026-11-02T06:30:00.000Z']);
  });

  it('keeps the rhythm of wildcard minutes and hours through both changes', () => {
    expect(due('*/30 * * * *', 'America/New_York', '2026-11-01T05:00:00Z', 4)).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-01T06:00:00.000Z',
      '2026-11-01T06:30:00.000Z',
      '2026-11-01T07:00:00.000Z',
    ]);
    expect(due('@hourly', 'America/New_York', '2026-03-08T06:00:00Z', 2)).toEqual([
      '2026-03-08T07:00:00.000Z',
      '2026-03-08T08:00:00.000Z',
    ]);
  });

  it('handles half-hour changes and a day that never was', () => {
    // Lord Howe Island goes from 02:00 to 02:30 on 4 October 2026.
    expect(due('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
      '2026-10-03T15:30:00.000Z',
      '2026-10-04T15:15:00.000Z',
    ]);
    // Samoa left out 30 December 2011.
    expect(due('0 12 30 12 *', 'Pacific/Apia', '2011-12-01T00:00:00Z', 2)).toEqual([
      '2011-12-30T10:00:00.000Z',
      '2012-12-29T22:00:00.000Z',
    ]);
  });

  it('finds rare dates and gives up on impossible ones', () => {
    expect(due('0 0 29 2 *', 'UTC', '2097-01-01T00:00:00Z')).toEqual(['2104-02-29T00:00:00.000Z']);
    expect(due('0 0 30 2 *', 'Europe/Berlin', '2026-01-01T00:00:00Z')).toEqual([null]);
    expect(due('*/5 * 31 4,6 *', 'Europe/Berlin', '2026-01-01T00:00:00Z')).toEqual([null]);
  });

  it('refuses unknown zones', () => {
    expect(() => due('* * * * *', 'Mars/Olympus', '2026-01-01T00:00:00Z')).toThrow(RangeError);
    expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', '', '+02:00', '../etc'].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

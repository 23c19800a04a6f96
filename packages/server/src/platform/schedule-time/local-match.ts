import type { Cron } from './cron.ts';

/**
 * Local time as a number: the epoch milliseconds at which a clock in UTC would show the same date and time. Days and
 * months are then plain UTC arithmetic.
 */
export type LocalMs = number;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** 29 February on one given weekday recurs after at most 40 years (across 2100, which has no such day). */
const searchYears = 41;

/** The first matching local minute after `after`, or null when there is none within 41 years (30 February). */
export function nextLocalMatch(cron: Cron, after: LocalMs): LocalMs | null {
  const first = Math.floor(after / minuteMs) * minuteMs + minuteMs;
  const lastYear = new Date(first).getUTCFullYear() + searchYears;
  let day = Math.floor(first / dayMs) * dayMs;
  let earliestMinute = (first - day) / minuteMs;
  for (;;) {
    const date = new Date(day);
    const year = date.getUTCFullYear();
    if (year > lastYear) return null;
    const month = date.getUTCMonth();
    if (!cron.months.values.includes(month + 1)) {
      day = Date.UTC(year, month + 1, 1);
    } else {
      const minute = matchesDay(cron, date) ? minuteOfDay(cron, earliestMinute) : undefined;
      if (minute !== undefined) return day + minute * minuteMs;
      day += dayMs;
    }
    earliestMinute = 0;
  }
}

function matchesDay(cron: Cron, date: Date): boolean {
  const { daysOfMonth, daysOfWeek } = cron;
  const byMonth = daysOfMonth.values.includes(date.getUTCDate());
  const byWeek = daysOfWeek.values.includes(date.getUTCDay());
  return daysOfMonth.wildcard || daysOfWeek.wildcard ? byMonth && byWeek : byMonth || byWeek;
}

function minuteOfDay(cron: Cron, earliest: number): number | undefined {
  for (const hour of cron.hours.values) {
    if (hour * 60 + 59 < earliest) continue;
    const minute = cron.minutes.values.find((candidate) => hour * 60 + candidate >= earliest);
    if (minute !== undefined) return hour * 60 + minute;
  }
  return undefined;
}

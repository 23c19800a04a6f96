import { describe, expect, it } from 'vitest';
import { type Cron, nextAt, parseCron } from './index.ts';

const minuteMs = 60_000;

interface Wall {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
}

function wallClock(timeZone: string): (ms: number) => { wall: Wall; local: number } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (ms) => {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = format.format(ms).split(/\D+/).map(Number);
    const local = Date.UTC(year, month - 1, day, hour, minute);
    return { wall: { minute, hour, day, month, weekday: new Date(local).getUTCDay() }, local };
  };
}

function matches(cron: Cron, wall: Wall): boolean {
  const byDay = cron.daysOfMonth.values.includes(wall.day);
  const byWeekday = cron.daysOfWeek.values.includes(wall.weekday);
  const day = cron.daysOfMonth.wildcard || cron.daysOfWeek.wildcard ? byDay && byWeekday : byDay || byWeekday;
  return (
    day &&
    cron.minutes.values.includes(wall.minute) &&
    cron.hours.values.includes(wall.hour) &&
    cron.months.values.includes(wall.month)
  );
}

/** Walks every minute and watches the local clock: the definition of the rules, without any search. */
function walk(cron: Cron, timeZone: string, fromMs: number, untilMs: number): number[] {
  const clock = wallClock(timeZone);
  const followsClock = cron.minutes.wildcard || cron.hours.wildcard;
  const found: number[] = [];
  let reached = clock(fromMs - 1440 * minuteMs).local;
  for (let ms = fromMs - 1440 * minuteMs + minuteMs; ms <= untilMs; ms += minuteMs) {
    const { wall, local } = clock(ms);
    let due = false;
    if (followsClock) due = matches(cron, wall);
    else {
      for (let passed = reached + minuteMs; passed <= local; passed += minuteMs) {
        const date = new Date(passed);
        due ||= matches(cron, {
          minute: date.getUTCMinutes(),
          hour: date.getUTCHours(),
          day: date.getUTCDate(),
          month: date.getUTCMonth() + 1,
          weekday: date.getUTCDay(),
        });
      }
      reached = Math.max(reached, local);
    }
    if (due && ms > fromMs) found.push(ms);
  }
  return found;
}

/** Windows of three days around changes of the clock, and one without any. */
const windows: [timeZone: string, from: string][] = [
  ['America/New_York', '2026-03-07T00:00:00Z'],
  ['America/New_York', '2026-10-31T00:00:00Z'],
  ['Europe/Berlin', '2026-03-28T00:00:00Z'],
  ['Europe/Berlin', '2026-10-24T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-03T00:00:00Z'],
  ['Africa/Casablanca', '2026-02-14T00:00:00Z'],
  ['America/St_Johns', '2006-10-28T00:00:00Z'],
  ['Pacific/Apia', '2011-12-29T00:00:00Z'],
  ['Asia/Kathmandu', '2026-05-01T00:00:00Z'],
];

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function anExpression(random: (below: number) => number): string {
  const field = (min: number, max: number) => {
    const low = min + random(max - min + 1);
    const high = low + random(max - low + 1);
    return ['*', `${low}`, `${low}-${high}`, `*/${1 + random(max)}`, `${low},${high}`, `${low}-${high}/2`][random(6)];
  };
  const days = ['* * *', '* * *', `${field(1, 31)} * *`, `* * ${field(0, 6)}`, `${field(1, 31)} * ${field(0, 6)}`];
  return `${field(0, 59)} ${random(2) === 0 ? field(0, 4) : field(0, 23)} ${days[random(days.length)]}`;
}

describe('nextAt against a walk over every minute', () => {
  it.each(windows)('agrees in %s from %s', (timeZone, from) => {
    const random = generator(from.length + timeZone.length * 7919);
    const fromMs = Date.parse(from);
    const untilMs = fromMs + 3 * 86_400_000;
    for (let trial = 0; trial < 12; trial++) {
      const expression = anExpression(random);
      const parsed = parseCron(expression);
      if (!parsed.ok) throw new Error(`${expression}: ${parsed.message}`);
      const found: number[] = [];
      for (let ms = nextAt(parsed.cron, timeZone, fromMs); ms !== null && ms <= untilMs; ) {
        found.push(ms);
        ms = nextAt(parsed.cron, timeZone, ms);
      }
      expect({ expression, found }).toEqual({ expression, found: walk(parsed.cron, timeZone, fromMs, untilMs) });
    }
  });
});

/** One of the five fields: its bounds and the names it knows. */
interface FieldRule {
  title: string;
  min: number;
  max: number;
  names: readonly string[];
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const fieldRules = [
  { title: 'minute', min: 0, max: 59, names: [] },
  { title: 'hour', min: 0, max: 23, names: [] },
  { title: 'day of the month', min: 1, max: 31, names: [] },
  { title: 'month', min: 1, max: 12, names: monthNames },
  // Both 0 and 7 are Sunday.
  { title: 'day of the week', min: 0, max: 7, names: weekdayNames },
] as const satisfies readonly FieldRule[];

export interface Field {
  /** Ascending, without repetition; Sunday is 0. */
  values: number[];
  /** Whether the field begins with `*`. */
  wildcard: boolean;
}

/** `position` counts characters from 0 in the whole expression. */
export class CronSyntaxError extends Error {
  readonly position: number;
  constructor(position: number, message: string) {
    super(message);
    this.position = position;
  }
}

/** Grammar: list of (`*` | value | value-value), each with an optional `/step`. */
export function parseField(text: string, position: number, rule: FieldRule): Field {
  const values = new Set<number>();
  let at = position;
  for (const part of text.split(',')) {
    for (const value of parsePart(part, at, rule)) values.add(rule.max === 7 && value === 7 ? 0 : value);
    at += part.length + 1;
  }
  return { values: [...values].sort((a, b) => a - b), wildcard: text.startsWith('*') };
}

function parsePart(part: string, position: number, rule: FieldRule): number[] {
  const [range = '', stepText, ...rest] = part.split('/');
  const stepPosition = position + range.length + 1;
  if (rest.length > 0)
    throw new CronSyntaxError(stepPosition + (stepText ?? '').length, 'Only one step may follow a range');
  const step = stepText === undefined ? 1 : parseStep(stepText, stepPosition);
  const { from, to } = parseRange(range, position, rule, stepText !== undefined);
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}

function parseStep(text: string, position: number): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) === 0) throw new CronSyntaxError(position, 'A step is a number from 1');
  return Number(text);
}

function parseRange(text: string, position: number, rule: FieldRule, stepped: boolean): { from: number; to: number } {
  // Seven days, not eight: 7 is Sunday once more.
  const lastDistinct = rule.max === 7 ? 6 : rule.max;
  if (text === '*') return { from: rule.min, to: lastDistinct };
  const dash = text.indexOf('-');
  if (dash < 0) {
    const value = parseValue(text, position, rule);
    return { from: value, to: stepped ? Math.max(value, lastDistinct) : value };
  }
  const from = parseValue(text.slice(0, dash), position, rule);
  const end = parseValue(text.slice(dash + 1), position + dash + 1, rule);
  // SAT-SUN means Saturday and Sunday.
  const to = rule.max === 7 && end === 0 && from > 0 ? 7 : end;
  if (to < from) throw new CronSyntaxError(position, `The ${rule.title} range ${text} runs backwards`);
  return { from, to };
}

function parseValue(text: string, position: number, rule: FieldRule): number {
  const named = rule.names.indexOf(text.toUpperCase());
  if (named >= 0) return named + rule.min;
  if (!/^\d{1,4}$/.test(text)) {
    const names = rule.names.length > 0 ? ` or a name from ${rule.names[0]} to ${rule.names.at(-1)}` : '';
    const wrong = /[^0-9]/.exec(text)?.index ?? 0;
    const what = text === '' ? 'Something is missing here' : `${text} is no ${rule.title}`;
    const offset = rule.names.length > 0 ? 0 : wrong;
    throw new CronSyntaxError(position + offset, `${what}: expected a number from ${rule.min} to ${rule.max}${names}`);
  }
  const value = Number(text);
  if (value < rule.min || value > rule.max) {
    throw new CronSyntaxError(position, `${text} is no ${rule.title}: it goes from ${rule.min} to ${rule.max}`);
  }
  return value;
}

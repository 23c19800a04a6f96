import { CronSyntaxError, type Field, fieldRules, parseField } from './cron-field.ts';

/** A parsed schedule; make one with `parseCron`. */
export interface Cron {
  minutes: Field;
  hours: Field;
  daysOfMonth: Field;
  months: Field;
  daysOfWeek: Field;
}

/** `position` is the index of the character in the expression at which the problem begins. */
export type CronParse = { ok: true; cron: Cron } | { ok: false; position: number; message: string };

const macros: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/**
 * Five fields (minute, hour, day of the month, month, day of the week) with lists, ranges, steps and English names, or
 * @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually. When neither of the two day fields begins with `*`,
 * a day matching either of them matches, as in Vixie cron.
 */
export function parseCron(expression: string): CronParse {
  try {
    return { ok: true, cron: parse(expression) };
  } catch (error) {
    if (!(error instanceof CronSyntaxError)) throw error;
    return { ok: false, position: error.position, message: error.message };
  }
}

function parse(expression: string): Cron {
  const start = expression.search(/\S/);
  if (start < 0) throw new CronSyntaxError(0, 'The expression is empty: expected five fields such as 0 3 * * MON-FRI');
  if (expression[start] === '@') {
    const macro = macros[expression.trim().toLowerCase()];
    if (macro === undefined) {
      throw new CronSyntaxError(
        start,
        `${expression.trim()} is unknown: expected one of ${Object.keys(macros).join(', ')}`,
      );
    }
    return parse(macro);
  }
  const found = [...expression.matchAll(/\S+/g)];
  const fields = fieldRules.map((rule, index) => {
    const match = found[index];
    if (!match)
      throw new CronSyntaxError(expression.trimEnd().length, `The ${rule.title} field is missing: five are needed`);
    return parseField(match[0], match.index, rule);
  });
  const extra = found[fieldRules.length];
  if (extra)
    throw new CronSyntaxError(extra.index, 'There are more than five fields; seconds and years are not supported');
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = fields as [Field, Field, Field, Field, Field];
  return { minutes, hours, daysOfMonth, months, daysOfWeek };
}

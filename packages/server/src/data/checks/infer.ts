import type { ColumnProfile } from '@millwright/contract';
import type { CheckDefinition } from './check.ts';

/** With fewer rows, a column without missing values may be so by chance. */
const certainRows = 100;
export const setSizeLimit = 30;
/** Room on both sides of what was seen, as a share of its width, and the share of rows that may lie even beyond. */
const slack = 0.25;
const outlierFraction = 0.01;

/**
 * What the first version promises of the later ones. New categories and values out of range warn only: they are drift,
 * which monitoring judges, and no breakage.
 * @param distinctValues values of columns of text with at most `setSizeLimit` of them
 */
export const inferChecks = (
  profile: readonly ColumnProfile[],
  rowCount: number,
  distinctValues: ReadonlyMap<string, readonly string[]>,
  timeColumn: string | null,
): CheckDefinition[] => {
  const checks: CheckDefinition[] = [{ kind: 'row-count', column: null, parameters: { min: 1 }, severity: 'error' }];
  for (const column of profile) {
    const { name, type } = column;
    checks.push({ kind: 'column-present', column: name, parameters: { type }, severity: 'error' });
    if (column.missing === 0) {
      const severity = rowCount >= certainRows ? 'error' : 'warning';
      checks.push({ kind: 'not-missing', column: name, parameters: { maxFraction: 0 }, severity });
    }
    const values = distinctValues.get(name);
    if (values)
      checks.push({ kind: 'in-set', column: name, parameters: { values, maxFraction: 0 }, severity: 'warning' });
    // Time goes on: a range of it would be left by the very next version.
    const isMeasured = type === 'number' || type === 'integer';
    if (isMeasured && name !== timeColumn && typeof column.min === 'number' && typeof column.max === 'number') {
      const parameters = { ...widened(column.min, column.max), maxFraction: outlierFraction };
      checks.push({ kind: 'in-range', column: name, parameters, severity: 'warning' });
    }
  }
  return checks;
};

/** Amounts and counts do not become negative by slack. */
const widened = (min: number, max: number): { min: number; max: number } => {
  const room = max > min ? slack * max - slack * min : Math.max(1, Math.abs(max) * slack);
  const low = Math.max(-Number.MAX_VALUE, min - room);
  const high = Math.min(Number.MAX_VALUE, max + room);
  return { min: min >= 0 ? Math.max(0, low) : low, max: max <= 0 ? Math.min(0, high) : high };
};

/** A set says something only about values that come again: most rows must repeat one. */
export const isCategorical = (column: ColumnProfile): boolean =>
  column.type === 'string' &&
  column.distinct > 0 &&
  column.distinct <= setSizeLimit &&
  column.count >= 2 * column.distinct;

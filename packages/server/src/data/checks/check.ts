import type { Check, CheckResult, Column, ColumnType } from '@millwright/contract';
import { fail } from '#platform/errors';
import { acceptsRange, type Fields, readParameters } from './parameters.ts';

export type CheckKind = Check['kind'];
/** A check before it has an id. */
export type CheckDefinition = Pick<Check, 'kind' | 'column' | 'parameters' | 'severity'>;

/** Checks that look at every row of a column; the others look at the table as a whole. */
export const isRowCheck = (kind: CheckKind): boolean => kind !== 'column-present' && kind !== 'row-count';

/**
 * A check somebody wants, with defaults filled in. Errors: INVALID_INPUT, also when it can never hold for the columns the
 * data set has (null while it has none).
 */
export const defineCheck = (
  input: Omit<CheckDefinition, 'column'> & { column?: string | null | undefined },
  columns: readonly Column[] | null,
): CheckDefinition => {
  const { kind, severity } = input;
  const column = input.column ?? null;
  if (kind === 'row-count' && column !== null)
    return fail('INVALID_INPUT', 'A check of kind row-count looks at the whole table: leave column out.');
  if (kind !== 'row-count' && column === null)
    return fail('INVALID_INPUT', `A check of kind ${kind} needs the column it looks at.`);
  const parameters = readParameters(kind, input.parameters);
  if (columns !== null && column !== null) {
    const found = columns.find((known) => known.name === column);
    if (!found) return fail('INVALID_INPUT', `The data set has no column ${column}. It has ${namesOf(columns)}.`);
    const problem = misfit(kind, parameters, found);
    if (problem !== null) return fail('INVALID_INPUT', problem);
  }
  return { kind, column, parameters, severity };
};

const namesOf = (columns: readonly Column[]): string => {
  const names = columns.map((column) => column.name);
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');
};

const isNumeric = (type: ColumnType): boolean => type === 'number' || type === 'integer';

/** Why a check makes no sense for a column, or null. */
const misfit = (kind: CheckKind, parameters: Fields, column: Column): string | null => {
  if (kind === 'column-present' && parameters['type'] !== undefined && parameters['type'] !== column.type)
    return `The column ${column.name} holds ${column.type} values, the check asks for ${String(parameters['type'])}.`;
  if (kind === 'in-range' && !acceptsRange(column.type))
    return `in-range needs a column of numbers or timestamps; ${column.name} holds ${column.type} values.`;
  if (kind === 'in-set') {
    if (column.type === 'timestamp') return `in-set does not work on timestamps; ${column.name} holds some.`;
    const wanted = isNumeric(column.type) ? 'number' : column.type;
    const wrong = (parameters['values'] as unknown[]).find((value) => typeof value !== wanted);
    if (wrong !== undefined)
      return `parameters.values: ${JSON.stringify(wrong)} is no ${wanted}, and ${column.name} holds ${column.type} values.`;
  }
  return null;
};

/** How many rows break a row check, counted by the store; only for checks that fit the columns. */
export type BrokenRows = ReadonlyMap<string, number>;

const percent = (fraction: number): string => {
  const value = fraction * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toPrecision(2)} %`;
};

/** Which checks count rows: enabled ones whose column is there and of a type they can read. */
export const countedChecks = (checks: readonly Check[], columns: readonly Column[]): Check[] =>
  checks.filter((check) => {
    const column = columns.find((known) => known.name === check.column);
    return isRowCheck(check.kind) && column !== undefined && misfit(check.kind, check.parameters, column) === null;
  });

export const judge = (
  checks: readonly Check[],
  table: { columns: readonly Column[]; rowCount: number; broken: BrokenRows },
): CheckResult[] =>
  checks.map((check) => {
    const { id: checkId, kind, column, severity } = check;
    const verdict = judgeOne(check, table);
    return { checkId, kind, column, severity, ...verdict };
  });

const judgeOne = (
  check: Check,
  { columns, rowCount, broken }: { columns: readonly Column[]; rowCount: number; broken: BrokenRows },
): Pick<CheckResult, 'passed' | 'brokenFraction' | 'message'> => {
  const { kind, parameters } = check;
  if (kind === 'row-count') {
    const min = Number(parameters['min']);
    return {
      passed: rowCount >= min,
      brokenFraction: null,
      message: rowCount >= min ? `${rowCount} rows` : `There are ${rowCount} rows, at least ${min} are needed`,
    };
  }
  const name = check.column ?? '';
  const column = columns.find((known) => known.name === name);
  if (!column) return { passed: false, brokenFraction: null, message: `The column ${name} is missing` };
  const problem = misfit(kind, parameters, column);
  if (problem !== null) return { passed: false, brokenFraction: null, message: problem };
  if (kind === 'column-present')
    return { passed: true, brokenFraction: null, message: `The column ${name} holds ${column.type} values` };

  const count = broken.get(check.id) ?? 0;
  const brokenFraction = rowCount === 0 ? 0 : count / rowCount;
  const allowed = Number(parameters['maxFraction'] ?? 0);
  const passed = brokenFraction <= allowed;
  const rows = `${count} of ${rowCount} rows (${percent(brokenFraction)})`;
  const what = {
    'not-missing': `have no value in ${name}`,
    'in-set': `have a value in ${name} that is not among the ${(parameters['values'] as unknown[])?.length} known ones`,
    'in-range': `lie outside ${rangeOf(parameters)} in ${name}`,
    unique: `repeat a value of ${name}`,
  }[kind];
  const limit = passed ? '' : allowed === 0 ? '; none may' : `; at most ${percent(allowed)} may`;
  return { passed, brokenFraction, message: `${rows} ${what}${limit}` };
};

const rangeOf = (parameters: Fields): string => {
  const { min, max } = parameters as { min?: number | null; max?: number | null };
  if (min == null) return `up to ${max}`;
  return max == null ? `from ${min}` : `${min} to ${max}`;
};

/** An upload that breaks one of these is refused. */
export const failedErrors = (results: readonly CheckResult[]): CheckResult[] =>
  results.filter((result) => !result.passed && result.severity === 'error');

import {
  type ComparisonSyntax,
  type Filter,
  filterOf,
  patternOf,
  UnreadableFilter,
  type ValueSyntax,
} from '@millwright/contract';
import type { ColumnKind, MlflowSearch, MlflowTable } from './columns.ts';
import { type BuildFilter, compareIds, type WireIds } from './ids.ts';
import { columnOf, keyOf, WordedFilterError } from './key.ts';

type Operator = ComparisonSyntax['operator'];
const equality: readonly Operator[] = ['=', '!=', 'in'];
const ofText: readonly Operator[] = [...equality, 'like', 'ilike', 'rlike', '~', 'null'];
const ofNumbers: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'between', 'null'];
const spelling = (operator: Operator): string => (operator === 'null' ? 'is null' : operator);

/** `isWordy`: of logged models, of which MLflow says it otherwise. */
const allow = (
  { operator, operatorAt, key }: ComparisonSyntax,
  operators: readonly Operator[],
  isWordy: boolean,
): void => {
  if (operators.includes(operator)) return;
  const [given, known] = [spelling(operator), operators.map(spelling).join(', ')];
  const path = key.map(({ text }) => text).join('.');
  throw new WordedFilterError(
    isWordy
      ? `Invalid comparison operator for ${path}: '${given}'. Expected one of ${known}`
      : `Invalid comparator '${given}' not one of ${known}`,
    operatorAt,
  );
};
const each = (comparison: ComparisonSyntax, read: (value: ValueSyntax) => ValueSyntax): ComparisonSyntax => ({
  ...comparison,
  values: comparison.values.map(read),
});

/** Text in quotes; where words may stand for themselves, also those and numbers as they are written. */
const textIn =
  (words: boolean, expected: string) =>
  (value: ValueSyntax): ValueSyntax => {
    const { kind, raw, at } = value;
    if (kind === 'text') return value;
    if (words && !raw.startsWith('`') && (kind === 'word' || kind === 'number'))
      return { ...value, kind: 'text', value: raw };
    if (/^(true|false)$/i.test(raw)) throw new UnreadableFilter(`Expected a text in quotes instead of ${raw}`, at);
    if (kind === 'word')
      throw new WordedFilterError(
        `Parameter value is either not quoted or unidentified quote types used for string value ${raw}. Use either single or double quotes`,
        at,
      );
    throw new WordedFilterError(`Expected a quoted string value for ${expected}. Got value ${raw}`, at);
  };
/** As MLflow names what is compared with a text. */
const expectedOf: Readonly<Record<MlflowTable, string>> = {
  attributes: 'attributes',
  datasets: 'dataset attributes',
  metrics: "metric (e.g. 'my-value')",
  parameters: "parameter (e.g. 'my-value')",
  tags: "tag (e.g. 'my-value')",
};
const number = (value: ValueSyntax): ValueSyntax => {
  if (value.kind === 'number') return value;
  throw new WordedFilterError(`Expected numeric value type for metric. Found ${value.raw}`, value.at);
};
const time = (value: ValueSyntax): ValueSyntax => {
  if (value.kind === 'number' || value.kind === 'instant') return value;
  throw new WordedFilterError(
    `Expected numeric value type for numeric attribute: milliseconds, now() or today(). Found ${value.raw}`,
    value.at,
  );
};
const whole = (value: ValueSyntax): ValueSyntax => {
  if (/^[+-]?\d+$/.test(value.raw) || value.kind === 'instant') return value;
  throw new UnreadableFilter(`Expected a whole number instead of ${value.raw}`, value.at);
};
/** A whole number, also in quotes. */
const count = (value: ValueSyntax): ValueSyntax => {
  const digits = value.kind === 'text' ? String(value.value).trim() : value.raw;
  if (/^[+-]?\d+$/.test(digits)) return { ...value, kind: 'number', value: Number(digits) };
  throw new UnreadableFilter(`Expected a whole number instead of ${value.raw}`, value.at);
};

const flipCase = (text: string): string =>
  text.replaceAll(/\\.|[a-z]|[A-Z]/gs, (found) =>
    found.length > 1 ? found : found === found.toLowerCase() ? found.toUpperCase() : found.toLowerCase(),
  );
/** Statuses are of one case here and of the other on the wire: what matches none there must match none here. */
const runStatus = (value: ValueSyntax): ValueSyntax => ({ ...value, value: flipCase(String(value.value)) });

const modelStatuses = ['UNSPECIFIED', 'PENDING', 'READY', 'FAILED'];
const modelStatus = (value: ValueSyntax): ValueSyntax => {
  if (modelStatuses.includes(String(value.value))) return { ...value, value: String(value.value).toLowerCase() };
  throw new UnreadableFilter(`Expected one of ${modelStatuses.join(', ')} instead of ${value.raw}`, value.at);
};

/** `not` before an operator of the wire: something is there, and it is not so. */
const build: BuildFilter = (comparison, path) => {
  const { operator, negated, at } = comparison;
  const filter = filterOf({ ...comparison, negated: false }, path);
  if (!negated) return filter;
  if (operator === 'null') return { kind: 'not', part: filter };
  if (filter.kind === 'in') return { ...filter, negated: true };
  return {
    kind: 'and',
    parts: [
      { kind: 'not', part: filter },
      { kind: 'not', part: { kind: 'null', path, at } },
    ],
  };
};

const patternOperators: readonly Operator[] = ['like', 'ilike', 'rlike', '~'];

/** A comparison as an MLflow client means it. Throws UnreadableFilter for one that MLflow has not, and no superset. */
export const comparisonReader =
  (search: MlflowSearch, ids: WireIds) =>
  (comparison: ComparisonSyntax): Filter => {
    const { operator } = comparison;
    const { table, name, parts } = keyOf(comparison.key, comparison.at, search);
    const text = (): ComparisonSyntax => {
      allow(comparison, ofText, search.words);
      const read = each(comparison, textIn(search.words, expectedOf[table]));
      if (patternOperators.includes(operator)) patternOf(read.values[0] as ValueSyntax, operator, false);
      return read;
    };
    const numeric = (read: (value: ValueSyntax) => ValueSyntax): ComparisonSyntax => {
      allow(comparison, ofNumbers, search.words);
      return each(comparison, read);
    };
    switch (table) {
      case 'metrics':
        return build(numeric(number), [table, ...parts]);
      case 'parameters':
      case 'tags': {
        // A range is no comparison of MLflow: numbers in it are read as numbers.
        return build(operator === 'between' ? comparison : text(), [table, ...parts]);
      }
      case 'datasets':
        return build(text(), [table, name]);
      case 'attributes':
    }
    const column = columnOf(search.columns, name, comparison.at);
    const path = [column.name];
    const readers: Readonly<Record<ColumnKind, () => Filter>> = {
      text: () => build(text(), path),
      time: () => build(numeric(time), path),
      'whole-time': () => build(each(numeric(time), whole), path),
      count: () => build(numeric(count), path),
      'run-status': () => build(each(text(), runStatus), path),
      'model-status': () => {
        allow(comparison, equality, search.words);
        return build(each(text(), modelStatus), path);
      },
      'experiment-number': () => {
        allow(comparison, equality, search.words);
        return build(each(text(), count), path);
      },
      'run-id': () => compareIds(text(), column, ids.toId, build),
      'model-id': () => compareIds(text(), column, ids.toModelId, build),
    };
    return readers[column.kind]();
  };

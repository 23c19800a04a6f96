import { type Filter, type FilterResult, UnreadableFilter } from './filter.ts';
import { compileRegex } from './regex.ts';
import { type ComparisonSyntax, readFilter, type ValueSyntax } from './syntax.ts';

const maxLikeLength = 1000;

/** Where a character of a quoted text stands: every quote in it was written twice. */
const positionIn = ({ raw, at }: ValueSyntax, index: number, isDoubled: boolean): number => {
  const quote = raw.charAt(0);
  const before = isDoubled
    ? raw
        .slice(1, -1)
        .replaceAll(quote + quote, quote)
        .slice(0, index)
    : '';
  return at + 1 + index + before.split(quote).length - 1;
};

/** The pattern of `like`, `ilike`, `rlike` or `~`. Throws where it cannot be one. */
export const patternOf = (value: ValueSyntax, operator: ComparisonSyntax['operator'], isDoubled: boolean): string => {
  const pattern = String(value.value);
  if (operator !== '~' && value.kind !== 'text')
    throw new UnreadableFilter('Expected a pattern in quotes here', value.at);
  if (operator === 'rlike') {
    try {
      compileRegex(pattern);
    } catch (error) {
      if (!(error instanceof UnreadableFilter)) throw error;
      throw new UnreadableFilter(error.message, positionIn(value, error.position, isDoubled));
    }
  } else if (pattern.length > maxLikeLength)
    throw new UnreadableFilter(
      `Expected at most ${maxLikeLength} characters of pattern`,
      positionIn(value, maxLikeLength, isDoubled),
    );
  return pattern;
};

/** A comparison for the column at a path, with whatever values it has: what `between` and `not` stand for. */
export const filterOf = (
  comparison: Pick<ComparisonSyntax, 'operator' | 'negated' | 'values' | 'at'>,
  path: string[],
): Filter => {
  const { operator, negated, values, at } = comparison;
  const place = values[0] === undefined ? { at } : { at, valueAt: values[0].at };
  const plain = (): Filter => {
    if (operator === 'null') return { kind: 'null', path, ...place };
    if (operator === 'in') return { kind: 'in', path, values: values.map(({ value }) => value), ...place };
    if (operator !== 'between') {
      const [first] = values as [ValueSyntax];
      return { kind: 'compare', path, operator, value: first.value, ...place };
    }
    const [low, high] = values as [ValueSyntax, ValueSyntax];
    return {
      kind: 'and',
      parts: [
        { kind: 'compare', path, operator: '>=', value: low.value, at, valueAt: low.at },
        { kind: 'compare', path, operator: '<=', value: high.value, at, valueAt: high.at },
      ],
    };
  };
  return negated ? { kind: 'not', part: plain() } : plain();
};

const nativeFilter = (comparison: ComparisonSyntax): Filter => {
  const { operator, values } = comparison;
  if (operator === 'like' || operator === 'ilike' || operator === 'rlike' || operator === '~')
    patternOf(values[0] as ValueSyntax, operator, true);
  return filterOf(
    comparison,
    comparison.key.map((part) => part.text),
  );
};

/**
 * Reads a filter. Never throws: a text that cannot be read answers a problem with its position.
 * `now`: epoch milliseconds that `now()` stands for, and `today()` the midnight in UTC before; without, both are problems.
 */
export const parseFilter = (text: string, now?: number): FilterResult => {
  try {
    return {
      filter: readFilter(text, { toFilter: nativeFilter, now, quotes: 'doubled', loose: false, words: false }),
    };
  } catch (error) {
    if (error instanceof UnreadableFilter) return { problem: { message: error.message, position: error.position } };
    throw error;
  }
};

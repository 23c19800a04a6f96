import { type ComparisonSyntax, type Filter, UnreadableFilter } from '@millwright/contract';
import type { MlflowColumn } from './columns.ts';

/** Native ids of those on the wire. What no id is stays as it is, and matches nothing. */
export interface WireIds {
  toId: (wireId: string) => string;
  toModelId: (wireId: string) => string;
}

export type BuildFilter = (comparison: ComparisonSyntax, path: string[]) => Filter;

const digits = 32;

/**
 * Ids are written in another alphabet on the wire, in the same order: the ids that begin with some digits lie between
 * two native ones. Where no column has the spelling of the wire, no other patterns can be asked for.
 */
export const compareIds = (
  comparison: ComparisonSyntax,
  { name, wire }: MlflowColumn,
  toNative: (wireId: string) => string,
  build: BuildFilter,
): Filter => {
  const { operator, operatorAt, at, negated } = comparison;
  const path = [name];
  const isPattern = operator === 'like' || operator === 'ilike' || operator === 'rlike' || operator === '~';
  if (isPattern && wire !== undefined) return build(comparison, [wire]);
  const native = (text: string): string => (/^(?:m-)?[0-9a-f]{32}$/.test(text) ? toNative(text) : text);
  if (operator === 'rlike' || operator === '~')
    throw new UnreadableFilter('An id is compared by = != in or like. Expected one of these', operatorAt);
  const values = comparison.values.map((value) => ({ ...value, value: native(String(value.value)) }));
  if (operator !== 'like' && operator !== 'ilike') return build({ ...comparison, values }, path);

  const pattern = String(values[0]?.value ?? '');
  const valueAt = values[0]?.at ?? operatorAt;
  const beginning = operator === 'ilike' ? pattern.toLowerCase() : pattern;
  const [, letter = '', hex = '', rest = ''] = /^(m-)?([^%_]*)(.*)$/s.exec(beginning) as RegExpExecArray;
  const isBeginning = /^%*$/.test(rest);
  if (!isBeginning) throw new UnreadableFilter('Expected the beginning of an id and one % at its end', valueAt);
  const filter = ((): Filter => {
    if (letter + hex === '' && rest !== '') return { kind: 'not', part: { kind: 'null', path, at } };
    const isHex = /^[0-9a-f]*$/.test(hex) && hex.length <= digits;
    if (rest === '' || !isHex)
      return { kind: 'compare', path, operator: '=', value: native(letter + hex), at, valueAt };
    const end = (digit: string): string => native(letter + hex.padEnd(digits, digit));
    return {
      kind: 'and',
      parts: [
        { kind: 'compare', path, operator: '>=', value: end('0'), at, valueAt },
        { kind: 'compare', path, operator: '<=', value: end('f'), at, valueAt },
      ],
    };
  })();
  if (!negated) return filter;
  return {
    kind: 'and',
    parts: [
      { kind: 'not', part: filter },
      { kind: 'not', part: { kind: 'null', path, at } },
    ],
  };
};

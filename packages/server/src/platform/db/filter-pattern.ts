import { compileRegex, containsParts, likeParts, type PatternPart } from '@millwright/contract';
import { type RawBuilder, sql } from 'kysely';
import type { DatabaseKind } from './columns.ts';

type Sql = RawBuilder<unknown>;
export type PatternOperator = '~' | 'like' | 'ilike' | 'rlike';

/**
 * Whether a text fits a pattern, with one meaning on both databases: SQLite's own `like` knows no case, and what
 * `lower` makes of letters beyond ascii depends on the database. SQLite therefore reads patterns as `glob`.
 */
export const fits = (text: Sql, operator: PatternOperator, pattern: string, kind: DatabaseKind): Sql => {
  if (operator === 'rlike') {
    const { source, literal } = compileRegex(pattern);
    const matches = kind === 'sqlite' ? sql`${text} regexp ${pattern}` : sql`(${text}) collate "C" ~ ${source}`;
    // That a part of it is missing is seen in a fraction of the time.
    const found = kind === 'sqlite' ? sql`instr(${text}, ${literal})` : sql`strpos(${text}, ${literal})`;
    return literal === '' ? sql`(${matches})` : sql`(${found} > 0 and ${matches})`;
  }
  const parts = operator === '~' ? containsParts(pattern) : likeParts(pattern, operator === 'ilike');
  if (kind === 'sqlite') return sql`(${text} glob ${parts.map(globPart).join('')})`;
  const hasOnlyAscii = parts.every((part) => typeof part === 'string' || part.every(isAscii));
  if (!hasOnlyAscii && parts.some((part) => typeof part !== 'string' && part.length > 1))
    return sql`((${text}) collate "C" ~ ${`^${parts.map(regexPart).join('')}$`})`;
  const folded = operator === 'like' ? text : sql`lower((${text}) collate "C")`;
  return sql`(${folded} like ${parts.map(likePart).join('')} escape '\\')`;
};

const isAscii = (character: string): boolean => (character.codePointAt(0) as number) < 128;

const globPart = (part: PatternPart): string => {
  if (part === 'run') return '*';
  if (part === 'one') return '?';
  const [first = ''] = part;
  return part.length > 1 ? `[${part.join('')}]` : first.replace(/[*?[]/, '[$&]');
};
/** Letters in their lower case. */
const likePart = (part: PatternPart): string => {
  if (part === 'run') return '%';
  if (part === 'one') return '_';
  const [first = ''] = part;
  return part.length > 1 ? first.toLowerCase() : first.replace(/[\\%_]/, '\\$&');
};
const regexPart = (part: PatternPart): string => {
  if (part === 'run') return '.*';
  if (part === 'one') return '.';
  const [first = ''] = part;
  return part.length > 1 ? `[${part.join('')}]` : first.replace(/[!-/:-@[-^`{-~]/, '\\$&');
};

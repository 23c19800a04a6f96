/**
 * The filter grammar of tables, e.g. `metrics.auc > 0.9 and (tags.team = "risk" or not status in ("failed", "killed"))`.
 *
 *   filter     = and { "or" and }
 *   and        = not { "and" not }
 *   not        = "not" not | "(" filter ")" | comparison
 *   comparison = key ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" ) value
 *              | key [ "not" ] "in" "(" value { "," value } ")"
 *              | key "is" [ "not" ] "null"
 *   key        = part { "." part };  part = word (letters, digits, _ - /) | "`" anything "`"
 *   value      = number | "text" | 'text' | true | false      (a doubled quote stands for one quote)
 *
 * Meaning, the same in the browser and in the database: a comparison with something missing is false (also `!=`), and
 * `not` turns false into true. `~` is "contains", without regard to case. Against a number, stored text is read as a
 * number; against text, a stored instant is compared with the date the text spells. Text is ordered by code point.
 */
export type FilterOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';
export type FilterValue = string | number | boolean;
/** `path` is the key split at its dots: `tags.team` is `['tags', 'team']`. */
export type Filter =
  | { kind: 'and' | 'or'; parts: Filter[] }
  | { kind: 'not'; part: Filter }
  | { kind: 'compare'; path: string[]; operator: FilterOperator; value: FilterValue }
  | { kind: 'in'; path: string[]; values: FilterValue[] }
  | { kind: 'null'; path: string[] };

/** What is wrong, and at which character of the text (counted from 0). */
export interface FilterProblem {
  message: string;
  position: number;
}
/** `filter` is null for an empty text: everything matches. */
export type FilterResult = { filter: Filter | null } | { problem: FilterProblem };

type Token = { kind: 'word' | 'key' | 'text' | 'number' | 'sign' | 'end'; text: string; at: number };
class Unreadable extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const patterns: [Token['kind'] | 'space' | 'open', RegExp][] = [
  ['space', /\s+/y],
  ['number', /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w/-])/y],
  ['key', /`(?:[^`]|``)+`/y],
  ['text', /"(?:[^"]|"")*"|'(?:[^']|'')*'/y],
  ['open', /["'`]/y],
  ['word', /[\p{L}\p{N}_/-]+/uy],
  ['sign', /!=|<=|>=|[=<>~(),.]/y],
];

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    let found = false;
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const match = pattern.exec(text)?.[0];
      if (match === undefined) continue;
      if (kind === 'open') throw new Unreadable('This quote is not closed', at);
      if (kind !== 'space') tokens.push({ kind, text: match, at });
      at += match.length;
      found = true;
      break;
    }
    if (!found) throw new Unreadable(`“${String.fromCodePoint(text.codePointAt(at) ?? 0)}” has no meaning here`, at);
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
};

const unquote = (quoted: string): string => {
  const quote = quoted.charAt(0);
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
};
const operators: readonly string[] = ['=', '!=', '<', '<=', '>', '>=', '~'];
const maxDepth = 50;

class Parser {
  private readonly tokens: Token[];
  private index = 0;
  private depth = 0;
  constructor(text: string) {
    this.tokens = tokensOf(text);
  }

  private peek(): Token {
    return this.tokens[this.index] as Token;
  }
  private fail(expected: string): never {
    const { kind, text, at } = this.peek();
    throw new Unreadable(kind === 'end' ? `Expected ${expected} here` : `Expected ${expected} instead of ${text}`, at);
  }
  private takeWord(word: string): boolean {
    const hit = this.peek().kind === 'word' && this.peek().text.toLowerCase() === word;
    if (hit) this.index += 1;
    return hit;
  }
  private takeSign(sign: string): boolean {
    const hit = this.peek().kind === 'sign' && this.peek().text === sign;
    if (hit) this.index += 1;
    return hit;
  }

  all(): Filter | null {
    if (this.peek().kind === 'end') return null;
    const filter = this.any();
    if (this.peek().kind !== 'end') this.fail('and, or, or the end');
    return filter;
  }
  private any(): Filter {
    if (++this.depth > maxDepth) throw new Unreadable('The filter is nested too deeply', this.peek().at);
    const parts = [this.every()];
    while (this.takeWord('or')) parts.push(this.every());
    this.depth -= 1;
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'or', parts };
  }
  private every(): Filter {
    const parts = [this.negated()];
    while (this.takeWord('and')) parts.push(this.negated());
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', parts };
  }
  private negated(): Filter {
    let negative = false;
    while (this.takeWord('not')) negative = !negative;
    const part = this.takeSign('(') ? this.closed() : this.comparison();
    return negative ? { kind: 'not', part } : part;
  }
  private closed(): Filter {
    const part = this.any();
    if (!this.takeSign(')')) this.fail('and, or, or a closing parenthesis');
    return part;
  }
  private comparison(): Filter {
    const path = [this.keyPart()];
    while (this.takeSign('.')) path.push(this.keyPart());
    if (this.takeWord('is')) {
      const negative = this.takeWord('not');
      if (!this.takeWord('null')) this.fail('null');
      return negative ? { kind: 'not', part: { kind: 'null', path } } : { kind: 'null', path };
    }
    const negative = this.takeWord('not');
    if (this.takeWord('in')) {
      if (!this.takeSign('(')) this.fail('an opening parenthesis');
      const values = [this.value()];
      while (this.takeSign(',')) values.push(this.value());
      if (!this.takeSign(')')) this.fail('a comma or a closing parenthesis');
      const part: Filter = { kind: 'in', path, values };
      return negative ? { kind: 'not', part } : part;
    }
    if (negative) this.fail('in');
    if (this.peek().kind !== 'sign' || !operators.includes(this.peek().text)) {
      this.fail('a comparison (= != < <= > >= ~ in, is null)');
    }
    const operator = this.peek().text as FilterOperator;
    this.index += 1;
    return { kind: 'compare', path, operator, value: this.value() };
  }
  private keyPart(): string {
    const { kind, text } = this.peek();
    if (kind !== 'word' && kind !== 'key') this.fail('the name of a column');
    this.index += 1;
    return kind === 'key' ? unquote(text) : text;
  }
  private value(): FilterValue {
    const { kind, text } = this.peek();
    const word = kind === 'word' ? text.toLowerCase() : '';
    if (kind !== 'text' && kind !== 'number' && word !== 'true' && word !== 'false') {
      this.fail('a number, a text in quotes, true or false');
    }
    this.index += 1;
    return kind === 'text' ? unquote(text) : kind === 'number' ? Number(text) : word === 'true';
  }
}

/** Reads a filter. Never throws: a text that cannot be read answers a problem with its position. */
export const parseFilter = (text: string): FilterResult => {
  try {
    return { filter: new Parser(text).all() };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: { message: error.message, position: error.at } };
    throw error;
  }
};

/**
 * The value a path names in a row. Keys may themselves hold dots (`metrics.val.auc`): the longest key wins. A metric
 * summary stands for its last value. `undefined` when there is nothing.
 */
export const readPath = (row: unknown, path: readonly string[]): unknown => {
  if (row === null || typeof row !== 'object') return path.length === 0 ? row : undefined;
  if (path.length === 0) return 'last' in row ? row.last : row;
  for (let length = path.length; length > 0; length -= 1) {
    const key = path.slice(0, length).join('.');
    if (!Object.hasOwn(row, key)) continue;
    const value = readPath((row as Record<string, unknown>)[key], path.slice(length));
    if (value !== undefined) return value;
  }
  return undefined;
};

/** Both sides as the same kind of thing, or null when they cannot be compared. */
const comparable = (stored: unknown, value: FilterValue): [string | number, string | number] | null => {
  if (typeof value === 'boolean') {
    return typeof stored === 'boolean' || stored === 'true' || stored === 'false'
      ? [String(stored), String(value)]
      : null;
  }
  if (typeof value === 'number') {
    if (typeof stored === 'number') return [stored, value];
    if (typeof stored !== 'string' || stored.trim() === '') return null;
    const number = Number(stored);
    return Number.isNaN(number) ? null : [number, value];
  }
  if (typeof stored === 'number') {
    const instant = Date.parse(value);
    return Number.isNaN(instant) ? null : [stored, instant];
  }
  return typeof stored === 'string' || typeof stored === 'boolean' ? [String(stored), value] : null;
};

const compare = (stored: unknown, operator: FilterOperator, value: FilterValue): boolean => {
  if (stored === undefined || stored === null) return false;
  if (operator === '~') {
    const text = Array.isArray(stored) ? stored.join(' ') : String(stored);
    return text.toLowerCase().includes(String(value).toLowerCase());
  }
  if (Array.isArray(stored)) return stored.some((entry) => compare(entry, operator, value));
  const pair = comparable(stored, value);
  if (pair === null) return operator === '!=';
  const [left, right] = pair;
  switch (operator) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
};

/** Whether a row matches. `null` matches everything. */
export const evaluateFilter = (filter: Filter | null, row: unknown): boolean => {
  if (filter === null) return true;
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => evaluateFilter(part, row));
    case 'or':
      return filter.parts.some((part) => evaluateFilter(part, row));
    case 'not':
      return !evaluateFilter(filter.part, row);
    case 'compare':
      return compare(readPath(row, filter.path), filter.operator, filter.value);
    case 'in': {
      const stored = readPath(row, filter.path);
      return filter.values.some((value) => compare(stored, '=', value));
    }
    case 'null':
      return (readPath(row, filter.path) ?? null) === null;
  }
};

import { type Filter, type FilterOperator, type FilterValue, UnreadableFilter } from './filter.ts';
import { readSpan, startOfDay } from './instant.ts';
import { type Token, tokensOf } from './lexer.ts';

/** One part of a key, with the quote it stands in. */
export interface KeySyntax {
  text: string;
  quote: '' | '`' | '"' | "'";
}
export interface ValueSyntax {
  /** `instant`: milliseconds that came of `now()` or `today()`. `word`: text without quotes, where the dialect has it. */
  kind: 'text' | 'number' | 'boolean' | 'instant' | 'word';
  value: FilterValue;
  /** As written, quotes included. */
  raw: string;
  at: number;
}
/** A comparison as written. `negated`: with `not` before the operator (`is not null`, `not in`, `not like`). */
export interface ComparisonSyntax {
  key: KeySyntax[];
  at: number;
  operator: FilterOperator | 'between' | 'in' | 'null';
  operatorAt: number;
  negated: boolean;
  values: ValueSyntax[];
}

/** A key with a direction, as tables are ordered by. */
export interface OrderSyntax {
  key: KeySyntax[];
  at: number;
  descending: boolean;
}

export interface FilterDialect {
  /** What a comparison means; throws UnreadableFilter where it means nothing. */
  toFilter: (comparison: ComparisonSyntax) => Filter;
  /** Epoch milliseconds of `now()`; undefined where nothing may depend on the time of reading. */
  now: number | undefined;
  /** A doubled quote stands for one quote; or everything between the quotes stands for itself. */
  quotes: 'doubled' | 'raw';
  /**
   * As MLflow reads: a missing `and` counts as one, an `and` too many as none, a list may end in a comma, and a key may
   * stand in any quotes.
   */
  loose: boolean;
  /** Text may stand without quotes, or in those of a key. */
  words: boolean;
}

const signs: Readonly<Record<string, FilterOperator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '~': '~',
};
const patternWords = ['like', 'ilike', 'rlike'] as const;
const maxDepth = 50;

const unquoted = (text: string, quotes: FilterDialect['quotes']): string => {
  const quote = text.charAt(0);
  const inside = text.slice(1, -1);
  return quotes === 'raw' ? inside : inside.replaceAll(quote + quote, quote);
};

class Reader {
  private readonly text: string;
  private readonly tokens: Token[];
  private readonly dialect: FilterDialect;
  private index = 0;
  private depth = 0;
  constructor(text: string, dialect: FilterDialect) {
    this.text = text;
    this.dialect = dialect;
    this.tokens = tokensOf(text, dialect.quotes);
  }

  private peek(): Token {
    return this.tokens[this.index] as Token;
  }
  private fail(expected: string): never {
    const { kind, text, at } = this.peek();
    throw new UnreadableFilter(
      kind === 'end' ? `Expected ${expected} here` : `Expected ${expected} instead of ${text}`,
      at,
    );
  }
  private isWord(word: string): boolean {
    return this.peek().kind === 'word' && this.peek().text.toLowerCase() === word;
  }
  private takeWord(word: string): boolean {
    const hit = this.isWord(word);
    if (hit) this.index += 1;
    return hit;
  }
  private takeSign(sign: string): boolean {
    const hit = this.peek().kind === 'sign' && this.peek().text === sign;
    if (hit) this.index += 1;
    return hit;
  }

  all(): Filter | null {
    this.skipAnd();
    if (this.peek().kind === 'end') return null;
    const filter = this.any();
    if (this.peek().kind !== 'end') this.fail('and, or, or the end');
    return filter;
  }
  private skipAnd(): void {
    while (this.dialect.loose && this.takeWord('and'));
  }
  private any(): Filter {
    if (++this.depth > maxDepth) throw new UnreadableFilter('The filter is nested too deeply', this.peek().at);
    const parts = [this.every()];
    while (this.takeWord('or')) parts.push(this.every());
    this.depth -= 1;
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'or', parts };
  }
  private every(): Filter {
    const parts = [this.negated()];
    while (this.goesOn()) parts.push(this.negated());
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', parts };
  }
  private goesOn(): boolean {
    if (!this.dialect.loose) return this.takeWord('and');
    this.skipAnd();
    const { kind, text } = this.peek();
    return kind === 'sign' ? text === '(' : kind !== 'end' && !this.isWord('or');
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
    const { at } = this.peek();
    const key = this.key();
    const operatorAt = this.peek().at;
    return this.dialect.toFilter({ key, at, operatorAt, ...this.test() });
  }
  order(): OrderSyntax {
    const { at } = this.peek();
    const key = this.key();
    const descending = this.takeWord('desc');
    if (!descending) this.takeWord('asc');
    if (this.peek().kind !== 'end') this.fail(descending ? 'the end' : 'asc, desc or the end');
    return { key, at, descending };
  }
  private key(): KeySyntax[] {
    const key = [this.keyPart(true)];
    while (this.takeSign('.')) key.push(this.keyPart(false));
    return key;
  }
  private test(): Pick<ComparisonSyntax, 'operator' | 'negated' | 'values'> {
    if (this.takeWord('is')) {
      const negated = this.takeWord('not');
      if (!this.takeWord('null')) this.fail(negated ? 'null' : 'null or not null');
      return { operator: 'null', negated, values: [] };
    }
    const negated = this.takeWord('not');
    if (this.takeWord('in')) return { operator: 'in', negated, values: this.list() };
    if (this.takeWord('between')) {
      const low = this.value();
      if (!this.takeWord('and')) this.fail('and, with the upper end of the range after it');
      return { operator: 'between', negated, values: [low, this.value()] };
    }
    const pattern = patternWords.find((word) => this.takeWord(word));
    if (pattern) return { operator: pattern, negated, values: [this.value()] };
    if (negated) this.fail('in, like, ilike, rlike or between');
    const { kind, text } = this.peek();
    const operator = kind === 'sign' && Object.hasOwn(signs, text) ? signs[text] : undefined;
    if (!operator) this.fail('a comparison (= != < <= > >= ~ in, like, ilike, rlike, between, is null)');
    this.index += 1;
    return { operator, negated, values: [this.value()] };
  }
  private list(): ValueSyntax[] {
    if (!this.takeSign('(')) this.fail('an opening parenthesis');
    const values = [this.value()];
    while (this.takeSign(',')) {
      if (this.dialect.loose && this.takeSign(')')) return values;
      values.push(this.value());
    }
    if (!this.takeSign(')')) this.fail('a comma or a closing parenthesis');
    return values;
  }
  private keyPart(isFirst: boolean): KeySyntax {
    const { kind, text } = this.peek();
    const quote = text.charAt(0);
    const { loose } = this.dialect;
    const isQuoted = kind === 'key' || (kind === 'text' && (quote === '"' ? loose || !isFirst : loose && !isFirst));
    if (kind !== 'word' && !isQuoted) this.fail('the name of a column');
    this.index += 1;
    return isQuoted
      ? { text: unquoted(text, this.dialect.quotes), quote: quote as KeySyntax['quote'] }
      : { text, quote: '' };
  }
  private value(): ValueSyntax {
    const { kind, text, at } = this.peek();
    const found = { raw: text, at };
    const word = kind === 'word' ? text.toLowerCase() : '';
    const isCall = this.tokens[this.index + 1]?.text === '(';
    if ((word === 'now' || word === 'today') && isCall) return { kind: 'instant', value: this.instant(word), ...found };
    const isWord = (kind === 'word' || kind === 'key') && this.dialect.words;
    if (kind !== 'text' && kind !== 'number' && word !== 'true' && word !== 'false' && !isWord)
      this.fail('a number, a text in quotes, true, false, now() or today()');
    this.index += 1;
    if (kind === 'text') return { kind, value: unquoted(text, this.dialect.quotes), ...found };
    if (kind === 'number') return { kind, value: Number(text), ...found };
    if (isWord) return { kind: 'word', value: text, ...found };
    return { kind: 'boolean', value: word === 'true', ...found };
  }
  /** `now() - 7d`, with any number of spans. */
  private instant(word: 'now' | 'today'): number {
    const { now } = this.dialect;
    if (now === undefined) this.fail('a date in quotes');
    this.index += 2;
    if (!this.takeSign(')')) this.fail('a closing parenthesis');
    let instant = word === 'now' ? now : startOfDay(now);
    while (/^[+-]/.test(this.peek().text) && this.peek().kind !== 'end') {
      const span = readSpan(this.text, this.peek().at);
      if (!span) this.fail('a span such as - 7d (units s m h d w)');
      instant += span.spanMs;
      while (this.peek().kind !== 'end' && this.peek().at < span.end) this.index += 1;
    }
    return instant;
  }
}

/** Reads a filter in a dialect of the grammar. Null for an empty text. Throws UnreadableFilter. */
export const readFilter = (text: string, dialect: FilterDialect): Filter | null => new Reader(text, dialect).all();

/** Reads `metrics.loss desc`. Throws UnreadableFilter. */
export const readOrder = (text: string, dialect: FilterDialect): OrderSyntax => new Reader(text, dialect).order();

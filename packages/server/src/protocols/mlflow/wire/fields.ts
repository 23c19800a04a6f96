import { fail } from '#platform/errors';

type Json = Record<string, unknown>;

const refuse = (name: string, value: unknown, hint = ''): never => {
  const shown = typeof value === 'string' ? value.slice(0, 200) : JSON.stringify(value)?.slice(0, 200);
  return fail('INVALID_INPUT', `Invalid value ${shown} for parameter '${name}' supplied. ${hint}`.trim());
};

const missing = (name: string): never =>
  fail(
    'INVALID_INPUT',
    `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
  );

export interface TextRule {
  /** Characters. */
  max?: number;
}

/**
 * The fields of a request as protocol buffers read them from JSON: unknown ones are ignored, a field that is null is
 * one that is not set, integers and numbers may be spelled as text. A query is read in the same way, from text.
 */
export class Fields {
  readonly values: Json;
  private readonly isQuery: boolean;
  constructor(values: Json, isQuery = false) {
    this.values = values;
    this.isQuery = isQuery;
  }

  private get(name: string): unknown {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    return this.isQuery && Array.isArray(value) ? value.at(-1) : value;
  }

  has(name: string): boolean {
    return (this.get(name) ?? null) !== null;
  }

  /** undefined where the field is not set. */
  text(name: string, rule: TextRule = {}): string | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    // Older clients send numbers of experiments as numbers.
    if (typeof value === 'number' && Number.isSafeInteger(value) && name === 'experiment_id') return String(value);
    if (typeof value !== 'string') return refuse(name, value, 'It must be a string.');
    if (value.includes('\0')) return refuse(name, value.replaceAll('\0', ' '), 'It holds the character NUL.');
    if (rule.max !== undefined && value.length > rule.max)
      return refuse(name, `${value.slice(0, 60)}...`, `It has ${value.length} characters, the most are ${rule.max}.`);
    return value;
  }

  /** A word of a list, which may also be told by its number there. */
  word(name: string): string | undefined {
    const value = this.get(name);
    return Number.isSafeInteger(value) ? String(value) : this.text(name);
  }

  /** Neither missing nor empty. */
  requiredText(name: string, rule: TextRule = {}): string {
    const value = this.text(name, rule);
    return value === undefined || value === '' ? missing(name) : value;
  }

  /** Only that it is there: it may be empty. */
  presentText(name: string, rule: TextRule = {}): string {
    return this.text(name, rule) ?? missing(name);
  }

  integer(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    const number = typeof value === 'string' && /^[+-]?\d+(\.0*)?$/.test(value.trim()) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) return refuse(name, value, 'It must be an integer.');
    if (!Number.isSafeInteger(number)) return refuse(name, value, 'Integers beyond 2^53 are not kept exactly here.');
    return number;
  }

  requiredInteger(name: string): number {
    return this.integer(name) ?? missing(name);
  }

  /** Also the texts `NaN`, `Infinity` and `-Infinity`. */
  double(name: string): number | 'NaN' | 'Infinity' | '-Infinity' | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) return refuse(name, value, 'It must be a number.');
    if (number === Number.POSITIVE_INFINITY) return 'Infinity';
    return number === Number.NEGATIVE_INFINITY ? '-Infinity' : number;
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (value === true || value === false) return value;
    if (this.isQuery && typeof value === 'string' && /^(true|false)$/i.test(value)) return /^true$/i.test(value);
    return refuse(name, value, 'It must be true or false.');
  }

  /** Empty where the field is not set. */
  texts(name: string): string[] {
    const values = this.list(name);
    return values.map((value) => {
      if (typeof value === 'number' && Number.isSafeInteger(value) && name === 'experiment_ids') return String(value);
      if (typeof value !== 'string') return refuse(name, value, 'It must be a list of strings.');
      return value.includes('\0') ? refuse(name, 'a text', 'It holds the character NUL.') : value;
    });
  }

  /** Maybe empty, but there. */
  requiredTexts(name: string): string[] {
    return this.has(name) ? this.texts(name) : missing(name);
  }

  /** Empty where the field is not set. */
  messages(name: string): Fields[] {
    return this.list(name).map((value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? new Fields(value as Json)
        : refuse(name, value, 'It must be a list of objects.'),
    );
  }

  /** Maybe empty, but there. */
  requiredMessages(name: string): Fields[] {
    return this.has(name) ? this.messages(name) : missing(name);
  }

  message(name: string): Fields | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) return refuse(name, value, 'It must be an object.');
    return new Fields(value as Json);
  }

  private list(name: string): unknown[] {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    return this.isQuery ? [value] : refuse(name, value, 'It must be a list.');
  }
}

import { checkLength, refuseMissing, refuseType, refuseValue } from './refusals.ts';

type Json = Record<string, unknown>;

export interface TextRule {
  /** Characters. */
  max?: number;
  /** What it is called where it is too long; default its own name. */
  called?: string;
}

/** Not 0x10, which JavaScript would read. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The fields of a request as protocol buffers read them from JSON: unknown ones are ignored, a field that is null is
 * one that is not set, integers and numbers may be spelled as text. A query is read in the same way, from text.
 */
export class Fields {
  readonly values: Json;
  /** Before the names of its fields in errors, where it is one of a list: `metrics[0].`. */
  readonly at: string;
  private readonly isQuery: boolean;
  constructor(values: Json, isQuery = false, at = '') {
    this.values = values;
    this.isQuery = isQuery;
    this.at = at;
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
    if (typeof value !== 'string') return refuseType(this.at + name, value);
    if (value.includes('\0')) return refuseValue(this.at + name, value, 'It holds the character NUL.');
    // As it is kept: what stands for half of a pair of surrogates, which is no text.
    const text = value.toWellFormed();
    return rule.max === undefined ? text : checkLength(rule.called ?? this.at + name, text, rule.max);
  }

  /** A word of a list, which may also be told by its number there. */
  word(name: string): string | undefined {
    const value = this.get(name);
    return Number.isSafeInteger(value) ? String(value) : this.text(name);
  }

  /** Neither missing nor empty. */
  requiredText(name: string, rule: TextRule = {}): string {
    const value = this.text(name, rule);
    return value === undefined || value === '' ? refuseMissing(this.at + name) : value;
  }

  /** Only that it is there: it may be empty. */
  presentText(name: string, rule: TextRule = {}): string {
    return this.text(name, rule) ?? refuseMissing(this.at + name);
  }

  integer(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    const number = typeof value === 'string' && /^[+-]?\d+(\.0*)?$/.test(value.trim()) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) return refuseType(this.at + name, value);
    if (!Number.isSafeInteger(number))
      return refuseValue(this.at + name, value, 'Integers beyond 2^53 are not kept exactly here.');
    return number;
  }

  /** As `integer`, with all of 64 bits: a bigint beyond 2^53. */
  int64(name: string): number | bigint | undefined {
    const value = this.get(name);
    const digits = typeof value === 'bigint' || typeof value === 'string' ? String(value).trim() : '';
    if (!/^[+-]?\d{16,}$/.test(digits)) return this.integer(name);
    const whole = BigInt(digits.replace('+', ''));
    if (BigInt.asIntN(64, whole) !== whole) return refuseType(this.at + name, value);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }

  requiredInteger(name: string): number {
    return this.integer(name) ?? refuseMissing(this.at + name);
  }

  /** Also the texts `NaN`, `Infinity` and `-Infinity`. */
  double(name: string): number | 'NaN' | 'Infinity' | '-Infinity' | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
    // An empty text is none.
    if (value === '') return refuseMissing(this.at + name);
    const number = typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) return refuseType(this.at + name, value);
    if (number === Number.POSITIVE_INFINITY) return 'Infinity';
    return number === Number.NEGATIVE_INFINITY ? '-Infinity' : number;
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (value === true || value === false) return value;
    if (this.isQuery && typeof value === 'string' && /^(true|false)$/i.test(value)) return /^true$/i.test(value);
    return refuseType(this.at + name, value);
  }

  /** Empty where the field is not set. */
  texts(name: string): string[] {
    const values = this.list(name);
    return values.map((value) => {
      if (typeof value === 'number' && Number.isSafeInteger(value) && name === 'experiment_ids') return String(value);
      if (typeof value !== 'string') return refuseType(this.at + name, values);
      return value.includes('\0')
        ? refuseValue(this.at + name, value, 'It holds the character NUL.')
        : value.toWellFormed();
    });
  }

  /** Maybe empty, but there. */
  requiredTexts(name: string): string[] {
    return this.has(name) ? this.texts(name) : refuseMissing(this.at + name);
  }

  /** Empty where the field is not set. */
  messages(name: string): Fields[] {
    return this.list(name).map((value, index) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? new Fields(value as Json, false, `${this.at}${name}[${index}].`)
        : refuseType(this.at + name, this.list(name)),
    );
  }

  /** Maybe empty, but there. */
  requiredMessages(name: string): Fields[] {
    return this.has(name) ? this.messages(name) : refuseMissing(this.at + name);
  }

  message(name: string): Fields | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) return refuseType(this.at + name, value);
    return new Fields(value as Json, false, `${this.at}${name}.`);
  }

  private list(name: string): unknown[] {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    return this.isQuery ? [value] : refuseType(this.at + name, value);
  }
}

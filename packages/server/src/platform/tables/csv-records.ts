import type { CsvHeader } from './csv-header.ts';
import { ProblemList } from './ingestion.ts';

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

const fieldStart = 0;
const leadingSpaces = 1;
const unquoted = 2;
const quoted = 3;
/** After a quote inside a quoted field: the end of the field, or the first half of an escaped quote. */
const afterQuote = 4;

/** Counts records, fields and lines of a CSV file (RFC 4180, with any of the three line ends) byte by byte. */
export class CsvRecordMachine {
  readonly problems = new ProblemList();
  /** After a problem behind which nothing can be told apart any more. */
  stopped = false;
  recordBytes = 0;
  longestRecordBytes = 0;

  readonly #header: CsvHeader;
  readonly #onRow: ((line: number) => void) | undefined;
  readonly #delimiter: number;
  #state = fieldStart;
  #fieldCount = 1;
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  #recordCount = 0;
  #afterReturn = false;

  constructor(header: CsvHeader, onRow: ((line: number) => void) | undefined) {
    this.#header = header;
    this.#onRow = onRow;
    this.#delimiter = header.delimiter.charCodeAt(0);
  }

  get rowCount(): number {
    return Math.max(0, this.#recordCount - 1);
  }

  feed(bytes: Uint8Array): void {
    const delimiter = this.#delimiter;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      const completesReturn = this.#afterReturn && byte === lineFeed;
      this.#afterReturn = byte === carriageReturn;
      if (completesReturn) continue;
      const endsLine = byte === lineFeed || byte === carriageReturn;
      if (endsLine) this.#line++;
      if (this.#state === quoted) {
        this.recordBytes++;
        if (byte === quote) this.#state = afterQuote;
      } else if (endsLine) {
        this.#endRecord();
      } else {
        this.recordBytes++;
        if (byte === delimiter) {
          this.#fieldCount++;
          this.#state = fieldStart;
        } else if (this.#state !== unquoted) {
          this.#stepInside(byte);
          if (this.stopped) return;
        }
      }
    }
  }

  #stepInside(byte: number): void {
    if (this.#state === afterQuote) {
      if (byte === quote) this.#state = quoted;
      else
        this.#stop(this.#recordLine, 'A quoted value goes on after its closing quote; quotes inside are doubled', byte);
    } else if (byte === quote) {
      if (this.#state === leadingSpaces) this.#stop(this.#recordLine, 'There is space before an opening quote', byte);
      this.#state = quoted;
      this.#quoteLine = this.#line;
    } else {
      this.#state = byte === space ? leadingSpaces : unquoted;
    }
  }

  end(): void {
    if (this.#state === quoted) this.#stop(this.#quoteLine, 'A quoted value is never closed', undefined);
    else if (this.recordBytes > 0) this.#endRecord();
  }

  refuseByte(byte: number): void {
    const name = `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    const advice = byte === 0 ? 'text holds none: is this a CSV file?' : 'which is not UTF-8: save the file as UTF-8';
    this.#stop(this.#line, `There is the byte ${name}, ${advice}`, undefined);
  }

  refuseLength(): void {
    this.#stop(this.#recordLine, 'The record is longer than 16 MiB: is a closing quote missing?', undefined);
  }

  #stop(line: number, message: string, byte: number | undefined): void {
    const value = byte === undefined ? null : String.fromCharCode(byte);
    this.problems.add({ line, column: this.#columnName(), value, message });
    this.stopped = true;
  }

  #columnName(): string | null {
    return this.#header.names[this.#fieldCount - 1] ?? null;
  }

  #endRecord(): void {
    const columnCount = this.#header.names.length;
    // A blank line says nothing, except in a table of one column, where it is a missing value.
    if (this.recordBytes > 0 || columnCount === 1) {
      this.#recordCount++;
      if (this.#fieldCount !== columnCount) this.#refuseFieldCount(columnCount);
      if (this.#recordCount > 1) this.#onRow?.(this.#recordLine);
    }
    this.longestRecordBytes = Math.max(this.longestRecordBytes, this.recordBytes);
    this.#recordLine = this.#line;
    this.#fieldCount = 1;
    this.recordBytes = 0;
    this.#state = fieldStart;
  }

  #refuseFieldCount(columnCount: number): void {
    const column = this.#header.names[this.#fieldCount] ?? null;
    const message = `The record has ${this.#fieldCount} values where the header has ${columnCount} names`;
    this.problems.add({ line: this.#recordLine, column, value: null, message });
  }
}

import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { checkNames, type Ingestion, refusedFile } from './ingestion.ts';

/** Longer records are refused: a missing quote or another format is far more likely than such a line. */
export const recordLimitBytes = 16 * 1024 * 1024;
const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

export interface CsvHeader {
  names: string[];
  delimiter: Delimiter;
  /** Bytes of the byte order mark before the header: 3 or 0. */
  markBytes: number;
}

const signatures: [bytes: number[], format: string][] = [
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
  [[0x1f, 0x8b], 'compressed with gzip'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or a spreadsheet'],
  [[0xff, 0xfe], 'text in UTF-16'],
  [[0xfe, 0xff], 'text in UTF-16'],
];

/** Reads the first record. The delimiter, unless given, is the most frequent candidate outside of quotes. */
export async function readCsvHeader(
  path: string,
  given?: Delimiter,
): Promise<{ ok: true; header: CsvHeader } | { ok: false; refusal: Ingestion }> {
  const bytes = await readFirstRecord(path);
  const refuse = (message: string) => ({ ok: false as const, refusal: refusedFile(message) });
  if (bytes.length === 0) return refuse('The file is empty');
  const format = signatures.find(([signature]) => signature.every((byte, index) => bytes[index] === byte))?.[1];
  if (format !== undefined) return refuse(`The file is no CSV: it is ${format}`);
  if (bytes.includes(0)) return refuse('The file is no CSV: line 1 holds NUL bytes');
  if (!isUtf8(bytes)) return refuse('Line 1 is not valid UTF-8: save the file as UTF-8');
  if (bytes.length >= recordLimitBytes) return refuse('Line 1 is longer than 16 MiB: is this a CSV file?');
  const markBytes = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = bytes.subarray(markBytes).toString('utf8');
  if (text.trim() === '') return refuse('Line 1 is empty: expected the names of the columns');
  const delimiter = given ?? mostFrequentDelimiter(text);
  const names = splitRecord(text, delimiter);
  const problems = checkNames(names, 1);
  if (problems.count > 0) return { ok: false, refusal: problems.refusal() };
  return { ok: true, header: { names, delimiter, markBytes } };
}

/** Up to the first line end outside of quotes, without it. */
async function readFirstRecord(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  let record = Buffer.alloc(0);
  let quoted = false;
  let at = 0;
  while (record.length < recordLimitBytes) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, record.length);
    if (bytesRead === 0) return record;
    record = Buffer.concat([record, buffer.subarray(0, bytesRead)]);
    for (; at < record.length; at++) {
      const byte = record[at];
      if (byte === 0x22) quoted = !quoted;
      else if (!quoted && (byte === 0x0a || byte === 0x0d)) return record.subarray(0, at);
    }
  }
  return record;
}

function mostFrequentDelimiter(text: string): Delimiter {
  const outside = text.replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string) => outside.split(delimiter).length;
  return delimiters.reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best));
}

function splitRecord(text: string, delimiter: Delimiter): string[] {
  const names: string[] = [];
  let name = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quoted && character === '"' && text[at + 1] === '"') {
      name += '"';
      at++;
    } else if (character === '"' && (quoted || name === '')) {
      quoted = !quoted;
    } else if (!quoted && character === delimiter) {
      names.push(name);
      name = '';
    } else {
      name += character;
    }
  }
  return [...names, name].map((found) => found.trim());
}

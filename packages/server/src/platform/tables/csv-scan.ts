import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { type CsvHeader, recordLimitBytes } from './csv-header.ts';
import { CsvRecordMachine } from './csv-records.ts';
import { ProblemList } from './ingestion.ts';
import { incompleteTailBytes, invalidUtf8Index } from './invalid-utf8.ts';

export interface CsvScan {
  /** Records after the header. */
  rowCount: number;
  longestRecordBytes: number;
  problems: ProblemList;
}

/**
 * Checks every byte of the structure (UTF-8, quotes, number of fields) before DuckDB reads the file: its own reader repairs
 * or skips some of what is broken, and does not always know the line.
 * @param onRow receives the line at which each row begins.
 */
export async function scanCsv(path: string, header: CsvHeader, onRow?: (line: number) => void): Promise<CsvScan> {
  const machine = new CsvRecordMachine(header, onRow);
  const file = createReadStream(path, { start: header.markBytes, highWaterMark: 256 * 1024 });
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of file as AsyncIterable<Buffer>) {
    const bytes = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk;
    const whole = bytes.subarray(0, bytes.length - incompleteTailBytes(bytes));
    tail = bytes.subarray(whole.length);
    const nul = whole.indexOf(0);
    const invalid = isUtf8(whole) ? -1 : invalidUtf8Index(whole);
    const bad = nul >= 0 && (invalid < 0 || nul < invalid) ? nul : invalid;
    machine.feed(bad < 0 ? whole : whole.subarray(0, bad));
    if (bad >= 0 && !machine.stopped) machine.refuseByte(whole[bad] ?? 0);
    if (machine.recordBytes > recordLimitBytes) machine.refuseLength();
    if (machine.stopped) break;
  }
  if (!machine.stopped && tail.length > 0) machine.refuseByte(tail[0] ?? 0);
  if (!machine.stopped) machine.end();
  const { rowCount, longestRecordBytes, problems } = machine;
  return { rowCount, longestRecordBytes, problems };
}

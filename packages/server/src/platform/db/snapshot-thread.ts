import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openReading, type Reading } from './reading.ts';
import type { FromThread, SnapshotSource, ToThread } from './snapshot.ts';

const rowsPerPage = 5000;

/** Writes the rows of one question into files of JSON lines, each of which the asker takes before the next is begun. */
const write = async (
  port: NonNullable<typeof parentPort>,
  reading: Reading,
  asked: Extract<ToThread, { kind: 'ask' }>,
): Promise<void> => {
  let part = 0;
  let rows = 0;
  const begin = () => createWriteStream(`${asked.path}-${part}.ndjson`);
  let file = begin();
  const end = async (): Promise<void> => {
    file.end();
    await finished(file);
    port.postMessage({ kind: 'part', path: String(file.path), rows } satisfies FromThread);
    // Not more lies about than the asker works on.
    await once(port, 'message');
    part += 1;
    rows = 0;
  };
  for await (const page of reading.pages(asked.sql, asked.params, rowsPerPage)) {
    const text = page.map((row) => `${JSON.stringify(row)}\n`).join('');
    if (!file.write(text)) await once(file, 'drain');
    rows += page.length;
    if (rows < asked.rowsPerPart) continue;
    await end();
    file = begin();
  }
  await end();
};

const serve = async (port: NonNullable<typeof parentPort>): Promise<void> => {
  const reading = await openReading(workerData as SnapshotSource);
  port.postMessage({ kind: 'open' } satisfies FromThread);
  for (;;) {
    const [message] = (await once(port, 'message')) as [ToThread];
    if (message.kind === 'close') break;
    if (message.kind !== 'ask') continue;
    try {
      await write(port, reading, message);
      port.postMessage({ kind: 'done' } satisfies FromThread);
    } catch (error) {
      port.postMessage({ kind: 'failed', message: (error as Error).message } satisfies FromThread);
    }
  }
  await reading.close();
  port.close();
};

if (parentPort) await serve(parentPort);

import { setTimeout as pause } from 'node:timers/promises';
import { collectGarbage, type GarbageCollection, getGarbage } from '@millwright/contract';
import { createClient } from '@millwright/sdk';
import { UsageError, parseArguments, takeSwitch, takeText } from '../arguments.ts';
import { defaultServer, fromEnvironment } from '../environment.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const line = (name: string, count: number, bytes: number): string =>
  `${name.padEnd(14)} ${String(count).padStart(9)}  ${megabytes(bytes).padStart(12)}\n`;

const report = (collection: GarbageCollection): string =>
  [
    line('contents', collection.blobs, collection.bytes),
    line('unreferenced', collection.unreferencedBlobs, collection.unreferencedBytes),
    line('deletable', collection.deletableBlobs, collection.deletableBytes),
    line('deleted', collection.deletedBlobs, collection.deletedBytes),
  ].join('');

/** Starts a collection on a running server and waits for its end. */
export const gc = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv, ['--dry-run']);
  const dryRun = takeSwitch(flags, '--dry-run');
  const hours = takeText(flags, '--grace-hours');
  const baseUrl = takeText(flags, '--server') ?? fromEnvironment('MILLWRIGHT_URL') ?? defaultServer;
  const token = takeText(flags, '--token') ?? fromEnvironment('MILLWRIGHT_TOKEN');
  if (words.length > 0 || Object.keys(flags).length > 0 || (hours !== undefined && !(Number(hours) >= 0)))
    throw new UsageError('millwright gc [--dry-run] [--grace-hours HOURS] [--server URL] [--token TOKEN]');
  const client = createClient({ baseUrl, ...(token === undefined ? {} : { token }) });
  const { id } = await client.call(collectGarbage, {
    body: { dryRun, ...(hours === undefined ? {} : { graceHours: Number(hours) }) },
  });
  for (;;) {
    const { latest, graceHours } = await client.call(getGarbage, {});
    if (latest?.id !== id) throw new Error('another collection took its place');
    if (process.stderr.isTTY) process.stderr.write(`\r${latest.blobs} contents looked at `);
    if (latest.state === 'running') {
      await pause(250);
      continue;
    }
    if (process.stderr.isTTY) process.stderr.write('\r');
    process.stdout.write(report(latest));
    const waiting = latest.unreferencedBlobs - latest.deletableBlobs;
    if (waiting > 0)
      process.stdout.write(
        `${waiting} of them are deleted once they have been unreferenced for ${hours ?? graceHours} hours.\n`,
      );
    return latest.state === 'done' ? 0 : 1;
  }
};

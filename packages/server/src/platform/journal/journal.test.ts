import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Journal, type JournalOptions, openJournal, type SealedSegment } from './index.ts';

let dir: string;
const opened: Journal[] = [];

async function aJournal(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const defaults = { dir, name: 'captures', durability: 'process', segmentBytes: 1e6, maxPendingBytes: 1e6 } as const;
  const start = await readdir(dir).then(
    (names) => names.length * 1000,
    () => 0,
  );
  let next = start;
  const newSegmentId = () => `seg_${String(next++).padStart(8, '0')}`;
  const journal = await openJournal({ ...defaults, newSegmentId, ...options });
  opened.push(journal);
  return journal;
}

async function drained(journal: Journal): Promise<string[]> {
  const lines: string[] = [];
  await journal.drain(async ({ path, recordCount }) => {
    const found = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
    expect(found).toHaveLength(recordCount);
    lines.push(...found);
  });
  return lines;
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  await rm(dir, { recursive: true });
});

describe.each(['process', 'disk'] as const)('journal with durability %s', (durability) => {
  it('hands over what was appended, in order, and deletes it', async () => {
    const journal = await aJournal({ durability });
    expect(await journal.append(['{"a":1}', '{"a":2}'])).toEqual({ written: 2, dropped: 0 });
    expect(await journal.append([])).toEqual({ written: 0, dropped: 0 });
    await journal.append(['{"a":3}']);
    await journal.rotate();
    expect(await drained(journal)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
    expect(await drained(journal)).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  it('keeps order and counts under many concurrent appends across segments', async () => {
    const sealed: string[] = [];
    const journal = await aJournal({ durability, segmentBytes: 500, onSealed: (id) => sealed.push(id) });
    const appends = Array.from({ length: 300 }, (_, index) => journal.append([`{"n":${index}}`]));
    await Promise.all(appends);
    for (let index = 300; index < 400; index++) await journal.append([`{"n":${index}}`]);
    await journal.rotate();
    expect(sealed.length).toBeGreaterThan(1);
    expect(journal.stats()).toMatchObject({ writtenRecords: 400, pendingBytes: 0, sealedSegments: sealed.length });
    expect(await drained(journal)).toEqual(Array.from({ length: 400 }, (_, index) => `{"n":${index}}`));
  });
});

describe('journal', () => {
  it('recovers what an earlier process left and cuts off a torn last line', async () => {
    await writeFile(join(dir, 'captures.seg_1.sealed.jsonl'), '{"n":1}\n');
    await writeFile(join(dir, 'captures.seg_2.open.jsonl'), '{"n":2}\n{"n":3}\n{"n":');
    await writeFile(join(dir, 'captures.seg_3.open.jsonl'), '{"torn');
    await writeFile(join(dir, 'captures.seg_4.open.jsonl'), '');
    await writeFile(join(dir, 'labels.seg_1.open.jsonl'), '{"other":1}\n');
    const journal = await aJournal();
    expect(journal.stats().sealedSegments).toBe(2);
    expect(await drained(journal)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(await readdir(dir)).toEqual(['labels.seg_1.open.jsonl']);
  });

  it('keeps everything through a close and an opening', async () => {
    const journal = await aJournal();
    await journal.append(['{"n":1}']);
    void journal.append(['{"n":2}']);
    await journal.close();
    expect(await drained(await aJournal())).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('keeps a segment whose consumer failed, and hands it over again', async () => {
    const journal = await aJournal();
    for (const record of ['{"n":1}', '{"n":2}']) {
      await journal.append([record]);
      await journal.rotate();
    }
    const seen: SealedSegment[] = [];
    const failing = journal.drain(async (segment) => {
      seen.push(segment);
      throw new Error('the storage is away');
    });
    await expect(failing).rejects.toThrow('the storage is away');
    expect(seen).toHaveLength(1);
    expect(await drained(journal)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('hands a segment to one of two concurrent drains only', async () => {
    const journal = await aJournal();
    await journal.append(['{"n":1}']);
    await journal.rotate();
    const both = await Promise.all([drained(journal), drained(journal)]);
    expect(both.flat()).toEqual(['{"n":1}']);
  });

  it('drops and counts what exceeds the queue instead of growing or throwing', async () => {
    const journal = await aJournal({ maxPendingBytes: 100 });
    const record = JSON.stringify({ text: 'x'.repeat(30) });
    const results = await Promise.all(Array.from({ length: 5 }, () => journal.append([record])));
    expect(results.map((result) => result.written)).toEqual([1, 1, 0, 0, 0]);
    expect(results[4]).toEqual({ written: 0, dropped: 1, reason: 'queue-full' });
    expect(await journal.append([record])).toEqual({ written: 1, dropped: 0 });
    expect(journal.stats()).toMatchObject({ writtenRecords: 3, droppedRecords: { 'queue-full': 3 } });
  });

  it('refuses records that would become two lines, and all appends after it is closed', async () => {
    const journal = await aJournal();
    expect(await journal.append(['{}', 'a\nb'])).toEqual({ written: 0, dropped: 2, reason: 'line-break' });
    await journal.close();
    expect(await journal.append(['{}'])).toEqual({ written: 0, dropped: 1, reason: 'closed' });
  });

  it('counts what the disk refuses and goes on once it accepts again', async () => {
    const journal = await aJournal();
    await rm(dir, { recursive: true });
    const refused = await journal.append(['{"n":1}']);
    expect(refused).toEqual({ written: 0, dropped: 1, reason: 'disk' });
    expect(journal.stats()).toMatchObject({
      droppedRecords: { disk: 1 },
      diskError: expect.stringContaining('ENOENT'),
    });
    await mkdir(dir);
    expect(await journal.append(['{"n":2}'])).toEqual({ written: 1, dropped: 0 });
    expect(journal.stats().diskError).toBeNull();
    await journal.rotate();
    expect(await drained(journal)).toEqual(['{"n":2}']);
  });

  it('refuses names that could leave the folder, and a folder that is a file', async () => {
    await expect(aJournal({ name: '../captures' })).rejects.toThrow(TypeError);
    await appendFile(join(dir, 'file'), '');
    await expect(aJournal({ dir: join(dir, 'file') })).rejects.toThrow();
  });
});

import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { type AnImport, anImport } from '../../import/fixtures/an-import.ts';

const logs = join(import.meta.dirname, 'fixtures', 'logs');

describe.each(testDatabases)('event files of TensorBoard, imported on %s', (database) => {
  let here: AnImport;
  beforeAll(async () => {
    here = await anImport(database);
  });
  afterAll(() => here.close());

  it('become runs with every scalar, hyperparameter, text and image', async () => {
    const { counts, problems } = await here.bring('tensorboard', logs);
    expect(counts).toMatchObject({ experiments: 1, runs: 3, files: 3 });
    expect(problems).toEqual([
      "keras/train: 1 values of 'histograms' have no place here",
      "torch: 1 values of 'histogram' have no place here",
    ]);
    const { 'torch/trial': trial, torch, 'keras/train': keras } = await here.runs();
    if (!torch || !trial || !keras) throw new Error('runs are missing');
    expect(torch).toMatchObject({ experimentName: 'logs', status: 'finished', startedAt: 1_700_000_000_000 });
    const loss = await here.points(torch, 'Loss/train');
    expect(loss).toHaveLength(100);
    expect(loss[3]).toEqual({ value: 0.25, step: 3, at: 1_700_000_003_000 });
    expect((await here.points(torch, 'odd')).map(({ value }) => value)).toEqual(['NaN', 'Infinity']);
    expect(await here.text(torch, 'text/note/text_summary/3.md')).toBe('**bold** ä');
    const files = await here.files(torch);
    expect(Object.keys(files)).toEqual(['images/digit/4.png', 'text/note/text_summary/3.md']);
    expect(files['images/digit/4.png']?.mediaType).toBe('image/png');
    expect(trial.parameters).toEqual({ lr: '0.1', bias: 'true', opt: 'adam' });
    expect(trial.metrics['hparam/auc']?.last).toBeCloseTo(0.9, 6);
    expect(keras.parameters).toEqual({ units: '32', dropout: '0.25' });
    expect((await here.points(keras, 'epoch_loss')).slice(0, 2)).toEqual([
      { value: 1, step: 0, at: 1_700_000_000_250 },
      { value: 0.5, step: 1, at: 1_700_000_001_250 },
    ]);
    expect(await here.points(keras, 'wide')).toEqual([{ value: 0.1, step: 2 ** 40, at: 1_700_000_050_000 }]);
    expect(await here.text(keras, 'text/note/7.md')).toBe('one\ntwo');
  });

  it('change nothing when they are imported once more, and only add what was written since', async () => {
    const before = await here.runs();
    const { counts } = await here.bring('tensorboard', logs);
    expect(counts).toMatchObject({ experiments: 0, runs: 0, files: 0 });
    expect(await here.runs()).toEqual(before);
  });

  it('are read up to where they are cut off or damaged, and links are not followed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'events-'));
    try {
      cpSync(join(logs, 'torch'), join(dir, 'cut'), { recursive: true });
      cpSync(join(logs, 'torch'), join(dir, 'damaged'), { recursive: true });
      const nameIn = (folder: string) => readdirSync(folder).find((name) => name.startsWith('events')) as string;
      // A length, its checksum, and half of what should follow.
      const cut = join(dir, 'cut', nameIn(join(dir, 'cut')));
      const whole = readFileSync(cut);
      writeFileSync(cut, whole.subarray(0, whole.length - 50));
      const damaged = join(dir, 'damaged', nameIn(join(dir, 'damaged')));
      const bytes = readFileSync(damaged);
      bytes[2000] = (bytes[2000] ?? 0) ^ 0xff;
      writeFileSync(damaged, bytes);
      mkdirSync(join(dir, 'noise'));
      writeFileSync(join(dir, 'noise', 'events.out.tfevents.1.x'), 'this is no such file, but long enough for a head');
      symlinkSync(logs, join(dir, 'linked'));
      appendFileSync(join(dir, 'notes.txt'), 'not events');
      const { problems } = await here.bring('tensorboard', dir);
      const runs = await here.runs();
      const count = (name: string) => runs[name]?.metrics['Loss/train']?.points;
      expect(count('cut')).toBe(100);
      expect(count('damaged')).toBeGreaterThan(10);
      expect(count('damaged')).toBeLessThan(100);
      expect(Object.keys(runs).filter((name) => /^(linked|noise)/.test(name))).toEqual([]);
      expect(problems.filter((text) => text.includes('checksum') || text.includes('damaged'))).toHaveLength(2);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('are asked for where a folder holds none', async () => {
    await expect(here.bring('tensorboard', join(import.meta.dirname, '..', '..', 'import'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

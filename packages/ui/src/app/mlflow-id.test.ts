import { describe, expect, it } from 'vitest';
import { mlflowIdOf, readMlflowLink, runIdOfMlflow } from './mlflow-id.ts';

describe("MLflow's spelling of ids", () => {
  // The ULID specification's example and its 128 bits.
  const pairs = [
    ['run_01ARZ3NDEKTSV4RRFFQ69G5FAV', '01563e3ab5d3d6764c61efb99302bd5b'],
    ['run_00000000000000000000000000', '0'.repeat(32)],
    ['run_7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'f'.repeat(32)],
  ] as const;
  it.each(pairs)('%s is %s', (id, hex) => {
    expect(mlflowIdOf(id)).toBe(hex);
    expect(runIdOfMlflow(hex)).toBe(id);
  });
  it('is nothing for other texts', () => {
    for (const text of ['', 'abc', 'G'.repeat(32), '01563E3AB5D3D6764C61EFB99302BD5B', 'f'.repeat(33)])
      expect(runIdOfMlflow(text)).toBeNull();
  });
});

describe('the addresses that MLflow prints', () => {
  it('lead to runs, experiments and models', () => {
    const hex = '01563e3ab5d3d6764c61efb99302bd5b';
    expect(readMlflowLink(`#/experiments/0/runs/${hex}`)).toEqual({ run: 'run_01ARZ3NDEKTSV4RRFFQ69G5FAV' });
    expect(readMlflowLink(`#/experiments/0/runs/${hex}/artifacts/model`)).toMatchObject({ run: expect.any(String) });
    expect(readMlflowLink('#/experiments/12')).toEqual({ experiment: 12 });
    expect(readMlflowLink('#/experiments/12?searchFilter=')).toEqual({ experiment: 12 });
    expect(readMlflowLink('#/models/fraud%20net/versions/3')).toEqual({ model: 'fraud net' });
  });
  it('lead nowhere when they are something else', () => {
    for (const hash of ['', '#/', '#/experiments', '#/experiments/abc', '#/experiments/0/runs/xyz', '#screen'])
      expect(readMlflowLink(hash)).toBeNull();
  });
});

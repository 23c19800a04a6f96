import { describe, expect, it } from 'vitest';
import { type MergeablePart, mergedInputs, planMerge } from './merge-plan.ts';
import type { CapturedColumn } from './part-builder.ts';

const input = (name: string, kind: CapturedColumn['kind']): CapturedColumn => ({ name, kind, column: `input.${name}` });

/** Adds parts of these sizes one by one, merging whenever eight are due. */
const grow = (sizes: readonly number[]): { parts: MergeablePart[]; rewritten: number } => {
  const parts: MergeablePart[] = [];
  let rewritten = 0;
  for (const rows of sizes) {
    const fromRow = parts.at(-1)?.toRow ?? 0;
    parts.push({ fromRow, toRow: fromRow + rows, sizeBytes: rows * 100, inputs: [] });
    for (let run = planMerge(parts); run; run = planMerge(parts)) {
      const [first, last] = [run[0]!, run.at(-1)!];
      rewritten += last.toRow - first.fromRow;
      parts.splice(parts.indexOf(first), run.length, { ...first, toRow: last.toRow, sizeBytes: 1 });
    }
  }
  return { parts, rewritten };
};

describe('merging parts', () => {
  it.each([1, 7, 100])('keeps few parts of %i rows each, and rewrites each row a few times', (rows) => {
    const count = 5000;
    const { parts, rewritten } = grow(new Array<number>(count).fill(rows));
    expect(parts.at(-1)?.toRow).toBe(count * rows);
    parts.slice(1).forEach((part, index) => expect(part.fromRow).toBe(parts[index]?.toRow));
    expect(parts.length).toBeLessThan(60 + (count * rows) / 6000);
    expect(rewritten / (count * rows)).toBeLessThan(8);
  });

  it('keeps few parts of any sizes', () => {
    const sizes = Array.from({ length: 4000 }, (_, index) => 1 + ((index * 7919) % 613));
    const { parts, rewritten } = grow(sizes);
    const rows = sizes.reduce((sum, size) => sum + size, 0);
    expect(parts.length).toBeLessThan(60 + rows / 6000);
    expect(rewritten / rows).toBeLessThan(8);
  });

  it('takes neighbours only, and none where an input changed from number to category', () => {
    const part = (fromRow: number, kind: CapturedColumn['kind']): MergeablePart => ({
      fromRow,
      toRow: fromRow + 1,
      sizeBytes: 1,
      inputs: [input('a', kind)],
    });
    const eight = Array.from({ length: 8 }, (_, row) => part(row, row === 3 ? 'empty' : 'number'));
    expect(planMerge(eight)).toEqual(eight);
    expect(planMerge([...eight.slice(0, 7), part(8, 'number')])).toBeNull();
    expect(planMerge([...eight.slice(0, 7), part(7, 'category')])).toBeNull();
  });

  it('knows the inputs of parts together', () => {
    expect(mergedInputs([[input('a', 'empty')], [input('A', 'category'), input('a', 'number')]])).toEqual([
      input('a', 'number'),
      { name: 'A', kind: 'category', column: 'input.A_' },
    ]);
    expect(mergedInputs([[input('a', 'number')], [input('a', 'category')]])).toBeNull();
  });
});

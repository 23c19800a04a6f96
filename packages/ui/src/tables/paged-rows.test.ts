import { describe, expect, it } from 'vitest';
import { type PageRequest, createPagedRows } from './paged-rows.ts';

interface Row {
  id: string;
  text: string;
}
/** A list of so many rows that answers pages by keyset, and what was asked of it. */
const aList = (count: number) => {
  const rows = Array.from({ length: count }, (_none, at): Row => ({ id: `r${at}`, text: 'first' }));
  const asked: { from: number; whole: boolean }[] = [];
  const failing = { now: false };
  const read = async ({ cursor, limit, whole }: PageRequest) => {
    if (failing.now) throw new Error('down');
    const from = cursor === null ? 0 : rows.findIndex((row) => row.id === cursor) + 1;
    asked.push({ from, whole });
    const items = rows.slice(from, from + limit).map((row) => ({ ...row }));
    return { items, nextCursor: from + limit < rows.length ? (items.at(-1)?.id ?? null) : null };
  };
  const paged = createPagedRows<Row>({ idOf: (row) => row.id, pageSize: 100, keptPages: 4 });
  paged.readWith(read);
  paged.open();
  return { rows, asked, failing, paged };
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('rows in pages', () => {
  it('reads what is looked at and one page ahead', async () => {
    const { paged, asked } = aList(1000);
    paged.want(0, 40);
    await settled();
    expect(asked.map(({ from }) => from)).toEqual([0, 100]);
    expect(paged.rowAt(40)?.id).toBe('r40');
    expect(paged.rowAt(200)).toBeUndefined();
    expect([paged.reached(), paged.ended(), paged.loading()]).toEqual([200, false, false]);
  });

  it('jumps ahead with bare pages between, says how far it is, and comes back with one request', async () => {
    const { paged, asked } = aList(2000);
    await settled();
    let furthest = 0;
    paged.subscribe(() => (furthest = Math.max(furthest, paged.seeking()?.to ?? 0)));
    paged.want(1950, 1990);
    await settled();
    expect(paged.rowAt(1955)?.id).toBe('r1955');
    expect([paged.reached(), paged.ended()]).toEqual([2000, true]);
    expect(furthest).toBe(1990);
    expect(paged.seeking()).toBeNull();
    expect(asked.filter(({ whole }) => !whole).length).toBeGreaterThan(15);
    asked.length = 0;
    paged.want(700, 740);
    await settled();
    expect(asked[0]).toEqual({ from: 700, whole: true });
    expect(paged.rowAt(720)?.id).toBe('r720');
  });

  it('keeps only so many pages', async () => {
    const { paged } = aList(2000);
    for (let at = 0; at < 2000; at += 100) {
      paged.want(at, at + 40);
      await settled();
    }
    expect(paged.loaded().length).toBe(400);
    expect(paged.rowAt(0)).toBeUndefined();
    expect(paged.rowAt(1999)?.id).toBe('r1999');
  });

  it('takes newer states of rows, and reads all again when asked', async () => {
    const { paged, rows } = aList(150);
    await settled();
    paged.patch([{ id: 'r3', text: 'newer' }]);
    expect(paged.rowAt(3)?.row.text).toBe('newer');
    for (const row of rows) row.text = 'second';
    paged.refresh();
    expect(paged.rowAt(3)?.row.text).toBe('newer');
    await settled();
    expect(paged.rowAt(3)?.row.text).toBe('second');
  });

  it('finds where pages begin anew when rows went', async () => {
    const { paged, rows } = aList(500);
    paged.want(450, 490);
    await settled();
    rows.splice(10, 50);
    paged.refresh();
    paged.want(0, 40);
    await settled();
    paged.want(400, 440);
    await settled();
    expect([paged.reached(), paged.ended()]).toEqual([450, true]);
    expect(paged.rowAt(449)?.id).toBe('r499');
  });

  it('stops at an error and goes on when asked', async () => {
    const { paged, failing } = aList(500);
    await settled();
    failing.now = true;
    paged.want(300, 340);
    await settled();
    expect(paged.error()).toBeInstanceOf(Error);
    failing.now = false;
    paged.retry();
    await settled();
    expect(paged.rowAt(320)?.id).toBe('r320');
  });
});

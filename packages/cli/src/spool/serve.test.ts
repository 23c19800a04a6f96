import { describe, expect, it } from 'vitest';
import type { Core } from './core.ts';
import { createReserve } from './serve.ts';

const reserveOf = (used: number, problem: string | null) =>
  createReserve({
    core: {
      store: { sizeBytes: () => used },
      queue: { fileBytes: () => 0 },
      target: { url: 'http://server', problem: () => problem },
    } as unknown as Core,
    maxBytes: 100,
  });

describe('the bound on the disk', () => {
  it('counts what is on its way, and gives it back', () => {
    const reserve = reserveOf(50, null);
    reserve(40);
    expect(() => reserve(20)).toThrow('full');
    reserve(-40);
    reserve(50);
  });

  it('is for now while the server is there, and for good while it is away', () => {
    expect(() => reserveOf(101, null)(0)).toThrow(expect.objectContaining({ status: 503 }));
    expect(() => reserveOf(101, 'away')(0)).toThrow(expect.objectContaining({ status: 507 }));
  });
});

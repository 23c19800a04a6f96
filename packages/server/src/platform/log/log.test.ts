import { describe, expect, it } from 'vitest';
import { createLog } from './index.ts';

const logged = (fields: Record<string, unknown>): Record<string, unknown> => {
  let line = '';
  createLog({ level: 'debug', clock: { now: () => 0 }, write: (text) => (line = text) }).info('message', fields);
  expect(line.endsWith('\n')).toBe(true);
  return JSON.parse(line) as Record<string, unknown>;
};

describe('the log', () => {
  const secret = `mw_pat_${'a'.repeat(43)}`;

  it('takes secrets out by the names of fields and by their form, however deep they stand', () => {
    const fields = {
      password: 'hunter2',
      headers: { Authorization: `Bearer ${secret}`, cookie: 'a=b' },
      text: `called with ${secret} on postgres://ann:hunter2@db:5432/x`,
      deep: { a: { b: { c: { d: { e: { f: secret, password: 'hunter2' } } } } } },
      list: [secret],
      error: new Error(`refused ${secret}`, { cause: new Error(`because of ${secret}`) }),
      map: new Map([['token', secret]]),
    };
    const text = JSON.stringify(logged(fields));
    expect(text).not.toContain(secret.slice('mw_pat_'.length));
    expect(text).not.toContain('hunter2');
    expect(text).toContain('mw_pat_[redacted]');
  });

  it('writes a line for anything: circles, dates, bytes, functions, what is not finite', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(logged({ circle })['circle']).toBeDefined();
    expect(logged({ at: new Date(0), bytes: new Uint8Array(7), run: () => 1, big: 1n, odd: Number.NaN })).toMatchObject(
      {
        at: '1970-01-01T00:00:00.000Z',
        bytes: '[7 bytes]',
        run: '[function]',
        big: '1',
        odd: 'NaN',
      },
    );
    expect(String(logged({ text: 'x'.repeat(9000) })['text'])).toContain('(9000 characters)');
  });

  it('keeps quiet below its level', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', clock: { now: () => 0 }, write: (line) => lines.push(line) });
    log.debug('a');
    log.info('b');
    log.child({ part: 'x' }).warn('c');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { time: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'c', part: 'x' },
    ]);
  });
});

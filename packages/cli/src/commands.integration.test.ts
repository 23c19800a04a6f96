import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = join(import.meta.dirname, '..', 'bin', 'millwright.mjs');

describe('the command line', () => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-cli-'));
  const dataDir = join(dir, 'data');
  let server: ChildProcess;
  let address = '';
  let env: Record<string, string> = {};

  const start = (argv: readonly string[], more: Record<string, string> = {}): ChildProcess =>
    spawn(process.execPath, [bin, ...argv], {
      cwd: dir,
      env: { PATH: process.env['PATH'], ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const run = async (argv: readonly string[], more: Record<string, string> = {}) => {
    const child = start(argv, more);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const [out, error, code] = await Promise.all([text(child.stdout as never), text(child.stderr as never), ended]);
    return { code, out, error };
  };

  beforeAll(async () => {
    server = start(['up', '--data-dir', dataDir, '--port', '0']);
    address = await new Promise((resolve, reject) => {
      server.stdout?.on('data', (chunk: Buffer) => {
        const ready = /ready: (\S+)/.exec(chunk.toString())?.[1];
        if (ready) resolve(ready);
      });
      server.once('exit', () => reject(new Error('the server ended')));
    });
    env = { MILLWRIGHT_URL: address };
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  });

  it.runIf(process.platform === 'linux')(
    'serves from a process that keeps little memory, and is the one that was started',
    async () => {
      const of = (name: string): string[] => readFileSync(`/proc/${server.pid}/${name}`, 'utf8').split('\0');
      expect(of('cmdline')).toContain('--max-semi-space-size=8');
      expect(of('environ')).toContain('MALLOC_ARENA_MAX=2');
      // One that ends at once does so with its own words and code.
      const other = start(['worker', '--data-dir', dataDir]);
      const ended = new Promise((resolve) => other.once('exit', resolve));
      expect(await text(other.stderr as never)).toContain('SQLite belongs to one process');
      expect(await ended).toBe(1);
    },
  );

  it('lists its commands, explains one, and tells what it does not understand by exit code 2', async () => {
    expect(await run(['help'])).toMatchObject({ code: 0, out: expect.stringContaining('datasets list') });
    expect(await run(['projects', 'create', '--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('--title TEXT'),
    });
    for (const argv of [
      [],
      ['nonsense'],
      ['datasets', 'show'],
      ['projects', 'list', '--nonsense', '1'],
      ['projects', 'list', '--limit', '1', '--limit', '2'],
    ])
      expect((await run(argv)).code, argv.join(' ')).toBe(2);
  });

  it('calls operations: what they answer, and why they refuse', async () => {
    const created = await run(['projects', 'create', '--name', 'credit', '--title', 'Credit', '--json']);
    expect(created.code).toBe(0);
    expect(JSON.parse(created.out)).toMatchObject({ name: 'credit', title: 'Credit' });
    expect(await run(['projects', 'create', '--name', 'credit'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('NAME_TAKEN'),
    });
    expect(await run(['projects', 'create', '--name', 'NOT A NAME'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('body/name'),
    });
    const tests = join(dir, 'tests.json');
    writeFileSync(tests, '[{"name":"size","kind":"size","maxBytes":100}]');
    expect(await run(['models', 'create', '--name', 'churn', '--project', 'credit'])).toMatchObject({ code: 0 });
    const set = ['models', 'set-tests', 'churn', '--based-on', '0', '--project', 'credit', '--tests'];
    expect(await run([...set, `@${join(dir, 'nowhere.json')}`])).toMatchObject({
      code: 2,
      error: expect.stringContaining('nowhere.json'),
    });
    expect(await run([...set, `@${tests}`])).toMatchObject({ code: 0, out: expect.stringContaining('"revision": 1') });
    const shown = await run(['projects', 'show', '--project', 'credit', '--json']);
    expect(JSON.parse(shown.out)).toMatchObject({ name: 'credit' });
    expect(await run(['projects', 'list'], { MILLWRIGHT_URL: 'http://127.0.0.1:9' })).toMatchObject({ code: 1 });
  });

  it('says who has the port, and who has the folder, and ends with 1', async () => {
    const { port } = new URL(address);
    expect(await run(['up', '--data-dir', join(dir, 'second'), '--port', port])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/port \d+ .*taken/),
    });
    expect(await run(['up', '--data-dir', dataDir, '--port', '0'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('in use by another'),
    });
  });

  it('refuses to be open to others without an admin, who is made with a password nobody sees', async () => {
    const open = join(dir, 'open');
    expect(await run(['up', '--data-dir', open, '--port', '0', '--host', '0.0.0.0'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('create-admin'),
    });
    const make = (more: Record<string, string>, ...flags: string[]) =>
      run(['users', 'create-admin', 'ann', '--data-dir', open, ...flags], more);
    expect((await make({}, '--password', 'correct horse battery')).code).toBe(2);
    expect((await make({ MILLWRIGHT_ADMIN_PASSWORD: 'short' })).code).toBe(2);
    expect(await make({ MILLWRIGHT_ADMIN_PASSWORD: 'correct horse battery' })).toMatchObject({ code: 0 });
    expect(await make({ MILLWRIGHT_ADMIN_PASSWORD: 'correct horse battery' })).toMatchObject({
      code: 1,
      error: expect.stringContaining('NAME_TAKEN'),
    });
  });

  it('shows the configuration without its secrets and examines what is there', async () => {
    const healthy = await run(['doctor', '--data-dir', join(dir, 'doctor'), '--instance-secret', 'hush-hush']);
    expect(healthy).toMatchObject({ code: 0, out: expect.stringContaining('sqlite answers') });
    expect(healthy.out).not.toContain('hush-hush');
    const broken = await run([
      'doctor',
      '--data-dir',
      join(dir, 'doctor'),
      '--database-url',
      'postgres://nobody@127.0.0.1:9/none',
    ]);
    expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('FAILED') });
  });

  it('verifies the audit trail beside the server, and an export of it without one', async () => {
    expect(await run(['audit', 'verify', '--data-dir', dataDir])).toMatchObject({
      code: 0,
      out: expect.stringContaining('intact'),
    });
    const path = join(dir, 'audit.jsonl');
    writeFileSync(path, await (await fetch(`${address}/api/v1/audit/export`)).text());
    const key = ['--key-file', join(dataDir, 'instance.key')];
    expect(await run(['audit', 'verify', path])).toMatchObject({
      code: 0,
      out: expect.stringContaining('seal of the head was not checked'),
    });
    expect((await run(['audit', 'verify', path, ...key])).code).toBe(0);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const forgeries = {
      edited: lines.with(0, (lines[0] as string).replace('project.create', 'project.delete')),
      respelled: lines.with(0, (lines[0] as string).replace('{"seq"', '{ "seq"')),
      removed: lines.toSpliced(0, 1),
      swapped: lines.with(0, lines[1] as string).with(1, lines[0] as string),
      'cut off': lines.toSpliced(-2, 1),
      'without a head': lines.slice(0, -1),
    };
    for (const [name, forged] of Object.entries(forgeries)) {
      writeFileSync(path, `${forged.join('\n')}\n`);
      expect((await run(['audit', 'verify', path, ...key])).code, name).toBe(1);
    }
  });

  it('saves a server while it is written to, and restores all of it or nothing', async () => {
    const file = join(dir, 'backup.tar');
    let writing = true;
    const acknowledged: string[] = [];
    const writer = (async () => {
      for (let n = 0; writing; n++) {
        const reply = await fetch(`${address}/api/v1/projects`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: `p-${n}` }),
        });
        if (reply.ok) acknowledged.push(`p-${n}`);
      }
    })();
    while (acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 10));
    const before = [...acknowledged];
    expect(await run(['backup', file])).toMatchObject({ code: 0 });
    writing = false;
    await writer;
    expect((await run(['backup', file])).code).toBe(2);
    const restored = join(dir, 'restored');
    expect(await run(['restore', file, '--data-dir', restored])).toMatchObject({ code: 0 });
    expect(await run(['audit', 'verify', '--data-dir', restored])).toMatchObject({ code: 0 });
    const rows = Number(/intact: (\d+) rows/.exec((await run(['audit', 'verify', '--data-dir', restored])).out)?.[1]);
    expect(rows).toBeGreaterThan(before.length);
    expect((await run(['restore', file, '--data-dir', restored])).code).toBe(1);
    for (const part of [0.2, 0.9, 0.9999]) {
      const cut = join(dir, `cut-${part}.tar`);
      writeFileSync(cut, readFileSync(file));
      truncateSync(cut, Math.floor((statSync(file).size - 1536) * part));
      expect(await run(['restore', cut, '--data-dir', join(dir, 'never')]), String(part)).toMatchObject({
        code: 1,
        error: expect.stringContaining('nothing was restored'),
      });
    }
  });
});

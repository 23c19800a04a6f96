import type { AuditRow } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '#platform/db';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { genesis } from './chain.ts';
import { createVerifier, hashRow, readAuditFrom, readHead, sealHead, verifyAuditChain } from './index.ts';

const key = 'the key of this instance';

/** Deterministic, so that a failure can be repeated. */
const seededRandom = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};

const aChain = (length: number): AuditRow[] => {
  const rows: AuditRow[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const content = {
      seq,
      at: 1_700_000_000_000 + seq,
      actorId: `usr_${seq}`,
      actorName: 'ann',
      verb: 'dataset.create',
      project: seq % 3 === 0 ? null : 'default',
      resourceType: 'dataset',
      resourceId: `dst_${seq}`,
      requestId: `req-${seq}`,
      detail: { name: `table ${seq}`, nested: { rows: seq, tags: ['a', 'b'] } },
      previousHash: rows.at(-1)?.hash ?? genesis,
    };
    rows.push({ ...content, hash: hashRow(content) });
  }
  return rows;
};

const headOf = (rows: readonly AuditRow[], withKey = key) => {
  const last = rows.at(-1) as AuditRow;
  return { seq: last.seq, hash: last.hash, seal: sealHead(withKey, last.seq, last.hash) };
};

const isIntact = (rows: readonly AuditRow[], head: ReturnType<typeof headOf> | null): boolean => {
  const verifier = createVerifier(key);
  for (const row of rows) verifier.add(row);
  return verifier.finish(head).problems.length === 0;
};

/** What somebody without the key can do to make an edit look right: all hashes anew from there on, and the head. */
const recomputed = (rows: readonly AuditRow[]): AuditRow[] => {
  let previousHash = genesis;
  return rows.map((row) => {
    const next = { ...row, previousHash };
    previousHash = hashRow(next);
    return { ...next, hash: previousHash };
  });
};

const changedAt = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;

const editsOf = (row: AuditRow): AuditRow[] =>
  Object.entries(row).flatMap(([name, value]): AuditRow[] => {
    if (typeof value === 'number')
      return [
        { ...row, [name]: value + 1 },
        { ...row, [name]: value - 1 },
      ];
    if (typeof value === 'string')
      return Array.from(value, (_character, at) => ({ ...row, [name]: changedAt(value, at) })).concat({
        ...row,
        [name]: '',
      });
    if (value === null) return [{ ...row, [name]: 'default' }];
    return [
      { ...row, detail: {} },
      { ...row, detail: { ...row.detail, extra: 1 } },
      { ...row, detail: { ...row.detail, name: null } },
    ];
  });

describe('the audit chain', () => {
  const rows = aChain(30);
  const head = headOf(rows);

  it('is intact as it was written', () => {
    const verifier = createVerifier(key);
    for (const row of rows) verifier.add(row);
    expect(verifier.finish(head)).toEqual({ rows: 30, problems: [] });
  });

  it('shows an edit of any byte of any field of any row', () => {
    const missed = rows.flatMap((row, index) =>
      editsOf(row).filter((edited) => isIntact(rows.with(index, edited), head)),
    );
    expect(missed).toEqual([]);
  });

  it('shows an edit also when all hashes after it, and the head, are made anew without the key', () => {
    for (const [index, row] of rows.entries()) {
      const forged = recomputed(rows.with(index, { ...row, actorName: 'mallory' }));
      expect(isIntact(forged, head)).toBe(false);
      expect(isIntact(forged, { ...headOf(forged), seal: head.seal })).toBe(false);
      expect(isIntact(forged, headOf(forged, 'another key'))).toBe(false);
    }
  });

  it('shows removed, inserted, swapped and cut-off rows, whatever is made anew without the key', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const length = 2 + Math.floor(random() * 20);
      const chain = aChain(length);
      const sealed = headOf(chain);
      const [i, j] = [Math.floor(random() * length), Math.floor(random() * length)];
      const forgeries = [
        chain.toSpliced(i, 1),
        chain.slice(0, i),
        chain.toSpliced(i, 0, chain[j] as AuditRow),
        i === j ? chain.toSpliced(i, 1) : chain.with(i, chain[j] as AuditRow).with(j, chain[i] as AuditRow),
        [...chain, { ...(chain[i] as AuditRow), seq: length + 1 }],
      ];
      for (const forged of forgeries) {
        expect(isIntact(forged, sealed), `round ${round}`).toBe(false);
        const renumbered = recomputed(forged.map((row, index) => ({ ...row, seq: index + 1 })));
        expect(isIntact(renumbered, sealed)).toBe(false);
        if (renumbered.length > 0) expect(isIntact(renumbered, { ...headOf(renumbered, 'guess') })).toBe(false);
        expect(isIntact(renumbered, null) && renumbered.length > 0).toBe(false);
      }
    }
  });
});

describe.each(testDatabases)('the audit trail on %s', (database) => {
  let test: TestPlatform;
  const db = () => test.platform.database.db;
  const verdict = () => verifyAuditChain(db(), test.platform.auditKey);
  const write = (detail: Record<string, unknown>, resourceId = 'thing') =>
    test.platform.changes.change(test.ctx, async (change) =>
      change.audit({ verb: 'thing.change', resourceType: 'thing', resourceId, detail }),
    );
  beforeAll(async () => {
    test = await aPlatform({ database });
  });
  afterAll(() => test.close());

  it('stays one chain under concurrent writers', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => write({ n })));
    expect(await verdict()).toMatchObject({ intact: true, rows: 41, headSeq: 41, problems: [] });
  });

  it('verifies what was written with values JSON or UTF-8 cannot say', async () => {
    await write(
      { at: new Date(0), gone: undefined, infinite: Infinity, zero: -0, text: '\ud800', ['__proto__']: 1 },
      'odd \ud800 name',
    );
    expect(await verdict()).toMatchObject({ intact: true });
  });

  it('verifies while rows are added', async () => {
    const writing = Promise.all(Array.from({ length: 30 }, (_, n) => write({ n })));
    const verdicts = await Promise.all(Array.from({ length: 10 }, verdict));
    await writing;
    expect(verdicts.filter(({ intact }) => !intact)).toEqual([]);
  });

  const columns = [
    'at',
    'actor_id',
    'actor_name',
    'verb',
    'project',
    'resource_type',
    'resource_id',
    'request_id',
    'detail',
    'previous_hash',
    'hash',
  ];

  /** Runs the forgery, asks for the verdict, and undoes it. */
  const verdictAfter = async (forge: (tx: ReturnType<typeof db>) => Promise<unknown>) => {
    const undo = new Error('undo');
    let found: Awaited<ReturnType<typeof verdict>> | undefined;
    await test.platform.database
      .transaction(async (tx) => {
        await forge(tx);
        found = await verifyAuditChain(tx, test.platform.auditKey);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return found;
  };

  it.each(columns)('finds an edited %s', async (column) => {
    const value = column === 'at' ? sql`1` : sql`${'{"n": 5}'}`;
    expect(
      await verdictAfter((tx) => sql`update audit set ${sql.ref(column)} = ${value} where seq = 5`.execute(tx)),
    ).toMatchObject({ intact: false });
  });

  it('finds a space in the detail, a detail that is no JSON, and a detail written twice', async () => {
    for (const detail of ['{"n":4 }', '{', '{"n":9,"n":4}'])
      expect(
        await verdictAfter((tx) => sql`update audit set detail = ${detail} where seq = 6`.execute(tx)),
      ).toMatchObject({ intact: false });
  });

  it('finds removed, cut-off, invented and renumbered rows, and a missing head', async () => {
    const forgeries = [
      sql`delete from audit where seq = 3`,
      sql`delete from audit where seq > 20`,
      sql`delete from audit`,
      sql`update audit set seq = -seq where seq = 4`,
      sql`update audit set seq = seq + 1000 where seq = (select max(seq) from audit)`,
      sql`insert into audit select 9999, at, actor_id, actor_name, verb, project, resource_type, resource_id, request_id, detail, previous_hash, hash from audit where seq = 1`,
      sql`insert into audit select 0, at, actor_id, actor_name, verb, project, resource_type, resource_id, request_id, detail, previous_hash, hash from audit where seq = 1`,
      sql`delete from chain_heads where name = 'audit'`,
      sql`update chain_heads set seq = 1, hash = (select hash from audit where seq = 1) where name = 'audit'`,
    ];
    for (const forgery of forgeries)
      expect(await verdictAfter((tx) => forgery.execute(tx))).toMatchObject({ intact: false });
    const all = await verdictAfter(async (tx) => {
      await sql`delete from audit`.execute(tx);
      await sql`delete from chain_heads`.execute(tx);
    });
    expect(all).toMatchObject({ intact: false });
    expect(await verdict()).toMatchObject({ intact: true });
  });

  it('seals the head with the key of the instance', async () => {
    const head = await readHead(db());
    const rows = await readAuditFrom(db(), 0, 10_000);
    expect(head?.seal).toBe(sealHead(test.platform.auditKey, rows.length, rows.at(-1)?.hash ?? ''));
    expect(await verifyAuditChain(db(), 'another key')).toMatchObject({ intact: false });
  });
});

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditRow } from '@millwright/contract';

export const genesis = '0'.repeat(64);

/** JSON with sorted keys: the same content has the same bytes whoever wrote it. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
};

/** hash(i) = SHA-256(hash(i-1) newline canonical JSON of everything else in row i). */
export const hashRow = (row: Omit<AuditRow, 'hash'> & { hash?: string }): string => {
  const { previousHash, hash: _hash, ...content } = row;
  return createHash('sha256')
    .update(`${previousHash}\n${canonicalJson(content)}`)
    .digest('hex');
};

/** Only who knows the key can move the head: without it a cut-off tail could be passed off as the whole. */
export const sealHead = (key: string, seq: number, hash: string): string =>
  createHmac('sha256', key).update(`${seq}:${hash}`).digest('hex');

export const sealHolds = (key: string, seq: number, hash: string, seal: string): boolean => {
  const expected = Buffer.from(sealHead(key, seq, hash));
  const actual = Buffer.from(seal);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};

export interface ChainHead {
  seq: number;
  hash: string;
  seal: string;
}

export interface ChainProblem {
  seq: number;
  problem: string;
}

/** Walks rows in order of their numbers. Feed every row, then finish with the head. */
export const createVerifier = (key: string | null) => {
  const problems: ChainProblem[] = [];
  let seq = 0;
  let hash = genesis;
  return {
    /** `exact` false: the row was read from other bytes than were once written. */
    add(row: AuditRow, exact = true): void {
      if (row.seq > seq + 1)
        problems.push({
          seq: seq + 1,
          problem: row.seq === seq + 2 ? `row ${seq + 1} is missing` : `rows ${seq + 1} to ${row.seq - 1} are missing`,
        });
      else if (row.seq <= seq)
        problems.push({ seq: row.seq, problem: `row ${row.seq} stands after row ${seq}: the order was changed` });
      else if (row.previousHash !== hash)
        problems.push({
          seq: row.seq,
          problem: `row ${row.seq} does not continue row ${seq}: one of them was replaced or moved`,
        });
      if (!exact || hashRow(row) !== row.hash)
        problems.push({ seq: row.seq, problem: `row ${row.seq} was edited: its content does not match its hash` });
      seq = Math.max(seq, row.seq);
      hash = row.hash;
    },
    finish(head: ChainHead | null): { rows: number; problems: ChainProblem[] } {
      if (head === null) {
        if (seq > 0)
          problems.push({
            seq,
            problem: 'the sealed head is missing: it cannot be told whether rows were cut off at the end',
          });
      } else {
        if (head.seq > seq)
          problems.push({ seq: seq + 1, problem: `rows ${seq + 1} to ${head.seq} were cut off at the end` });
        else if (head.seq < seq || head.hash !== hash)
          problems.push({ seq, problem: `the head names row ${head.seq}, the last row is ${seq} with another hash` });
        if (key !== null && !sealHolds(key, head.seq, head.hash, head.seal))
          problems.push({ seq: head.seq, problem: 'the seal of the head was not made with the key of this instance' });
      }
      return { rows: seq, problems };
    },
  };
};

import type { AuditVerdict } from '@millwright/contract';
import type { Db } from '#platform/db';
import { createVerifier } from './chain.ts';
import { hasHistory, readChainFrom, readHead } from './store.ts';

export { createVerifier, hashRow, sealHead } from './chain.ts';
export type { ChainHead, ChainProblem } from './chain.ts';
export { advanceHead, appendAudit, listAudit, lockHead, readAuditFrom, readHead } from './store.ts';
export type { NewAuditRow } from './store.ts';

const pageRows = 5000;

/** Reads the whole chain. `key` null: the seal is not checked (an export without the key). */
export const verifyAuditChain = async (db: Db, key: string | null): Promise<AuditVerdict> => {
  const verifier = createVerifier(key);
  let head = await readHead(db);
  for (let after = Number.MIN_SAFE_INTEGER, more = true; more; ) {
    const rows = await readChainFrom(db, after, pageRows);
    after = rows.at(-1)?.[0].seq ?? after;
    // Rows appended while we read moved the head in the same transaction; a row beyond it now was never appended.
    if (after > (head?.seq ?? 0)) head = await readHead(db);
    for (const [row, exact] of rows) verifier.add(row, exact);
    more = rows.length === pageRows || (rows.length > 0 && (head?.seq ?? 0) > after);
  }
  const { rows, problems } = verifier.finish(head);
  if (rows === 0 && head === null && (await hasHistory(db)))
    problems.push({ seq: 1, problem: 'the whole trail is missing, and its head' });
  return {
    intact: problems.length === 0,
    rows,
    headSeq: head?.seq ?? 0,
    headHash: head?.hash ?? null,
    problems: problems.slice(0, 100),
  };
};

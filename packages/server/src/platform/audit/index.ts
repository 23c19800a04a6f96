import type { AuditVerdict } from '@millwright/contract';
import type { Db } from '#platform/db';
import { createVerifier } from './chain.ts';
import { readAuditFrom, readHead } from './store.ts';

export { canonicalJson, createVerifier, hashRow, sealHead } from './chain.ts';
export type { ChainHead, ChainProblem } from './chain.ts';
export { appendAudit, listAudit, lockHead, moveHead, readAuditFrom, readHead } from './store.ts';
export type { NewAuditRow } from './store.ts';

const pageRows = 5000;

/** Reads the whole chain. `key` null: the seal is not checked (an export without the key). */
export const verifyAuditChain = async (db: Db, key: string | null): Promise<AuditVerdict> => {
  const verifier = createVerifier(key);
  const head = await readHead(db);
  let after = 0;
  for (;;) {
    const rows = await readAuditFrom(db, after, pageRows);
    // Rows appended while we read lie beyond the head we took.
    const known = rows.filter((row) => head === null || row.seq <= head.seq);
    for (const row of known) verifier.add(row);
    if (rows.length < pageRows || known.length < rows.length) break;
    after = rows.at(-1)?.seq ?? after;
  }
  const { rows, problems } = verifier.finish(head);
  return {
    intact: problems.length === 0,
    rows,
    headSeq: head?.seq ?? 0,
    headHash: head?.hash ?? null,
    problems: problems.slice(0, 100),
  };
};

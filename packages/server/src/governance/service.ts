import { Readable } from 'node:stream';
import type { AuditVerdict, Me, Project } from '@millwright/contract';
import { listAudit, readAuditFrom, readHead, verifyAuditChain } from '#platform/audit';
import type { Actor, Auth } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { StreamReply } from '#platform/http';

export interface GovernanceService {
  auth: Auth;
  me(actor: Actor): Promise<Me>;
  sessionSeconds(expiresAt: number): number;
  project(name: string): Promise<Project>;
  audit(filter: {
    project?: string | undefined;
    resourceType?: string | undefined;
    resourceId?: string | undefined;
    limit?: number | undefined;
    cursor?: string | undefined;
  }): ReturnType<typeof listAudit>;
  verifyAudit(): Promise<AuditVerdict>;
  /** JSON lines: every row, then the sealed head. `millwright audit verify FILE` checks it without the server. */
  exportAudit(): StreamReply;
}

const pageRows = 2000;

export const createGovernance = (platform: Platform): GovernanceService => {
  const { auth, clock } = platform;
  const { db } = platform.database;
  return {
    auth,
    me: async (actor) => ({
      principal: await auth.principal(actor),
      grants: await auth.grantsOf(actor),
      via: actor.via === 'system' ? 'token' : actor.via,
    }),
    sessionSeconds: (expiresAt) => Math.floor((expiresAt - clock.now()) / 1000),
    project: async (name) => (await auth.findProject(name)) ?? fail('NOT_FOUND', `There is no project '${name}'.`),
    audit: (filter) => listAudit(db, filter),
    verifyAudit: () => verifyAuditChain(db, platform.auditKey),
    exportAudit() {
      async function* lines(): AsyncGenerator<string> {
        const head = await readHead(db);
        for (let after = 0, more = head !== null; more; ) {
          const rows = (await readAuditFrom(db, after, pageRows)).filter((row) => row.seq <= (head?.seq ?? 0));
          for (const row of rows) yield `${JSON.stringify(row)}\n`;
          after = rows.at(-1)?.seq ?? after;
          more = rows.length === pageRows;
        }
        yield `${JSON.stringify({ head })}\n`;
      }
      return {
        stream: Readable.from(lines()),
        headers: {
          'content-type': 'application/x-ndjson',
          'content-disposition': 'attachment; filename="millwright-audit.jsonl"',
        },
      };
    },
  };
};

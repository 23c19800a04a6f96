import type { Page, Report, ReportBlock, ReportRevision, ReportSummary } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { type Copies, createCopies } from './copies/service.ts';
import { createLinks, type Links } from './links/service.ts';
import { createPanels, type Panels, type PanelSources } from './panels.ts';
import * as store from './store.ts';

export interface ReportsService extends Panels, Copies, Links {
  listReports(ctx: Ctx, asked: store.PageAsked): Promise<Page<ReportSummary>>;
  /** Errors: NOT_FOUND. */
  getReport(ctx: Ctx, id: string): Promise<Report>;
  /** Errors: INVALID_INPUT for two blocks of one id. */
  createReport(ctx: Ctx, input: { title: string; blocks?: ReportBlock[] | undefined }): Promise<Report>;
  /** `revision`: the one that was changed. Errors: NOT_FOUND, STALE, INVALID_INPUT. */
  updateReport(
    ctx: Ctx,
    id: string,
    input: { revision: number; title: string; blocks: ReportBlock[] },
  ): Promise<Report>;
  /** With its revisions, copies and links. Errors: NOT_FOUND. */
  deleteReport(ctx: Ctx, id: string): Promise<void>;
  listReportRevisions(ctx: Ctx, id: string, asked: store.PageAsked): Promise<Page<ReportRevision>>;
  getReportRevision(ctx: Ctx, id: string, revision: number): Promise<ReportRevision & { blocks: ReportBlock[] }>;
}

/** Saving happens by itself while somebody types. */
const oneRevisionMs = 10 * 60_000;
const revisionsKept = 200;

const checkBlocks = (blocks: readonly ReportBlock[]): void => {
  const ids = new Set<string>();
  for (const { id } of blocks) {
    if (ids.has(id)) fail('INVALID_INPUT', `Two blocks have the id '${id}'. Give each one of its own.`);
    ids.add(id);
  }
};

export const createReports = (platform: Platform, sources: PanelSources): ReportsService => {
  const { changes, ids } = platform;
  const { db } = platform.database;
  const getReport = async (ctx: Ctx, id: string): Promise<Report> =>
    (await store.findReport(db, ctx.project, id)) ??
    fail('NOT_FOUND', `There is no report '${id}' in project '${ctx.project}'.`);
  const panels = createPanels(platform, sources);
  const copies = createCopies(platform, { getReport, readPanel: panels.readPanel });
  return {
    ...panels,
    ...copies,
    ...createLinks(platform, { getReport, copies }),
    listReports: (ctx, asked) => store.listReports(db, ctx.project, asked),
    getReport,
    async createReport(ctx, { title, blocks = [] }) {
      checkBlocks(blocks);
      return changes.change(ctx, async (change) => {
        const { name } = ctx.actor;
        const report: Report = {
          id: ids.next('rep'),
          title,
          blocks,
          revision: 1,
          createdBy: name,
          createdAt: change.now,
          updatedBy: name,
          updatedAt: change.now,
        };
        await store.insertReport(change.db, ctx.project, report);
        await store.keepRevision(change.db, report, { mergeSince: change.now, keep: revisionsKept });
        change.audit({ verb: 'report.create', resourceType: 'report', resourceId: report.id, detail: { title } });
        return report;
      });
    },
    async updateReport(ctx, id, { revision, title, blocks }) {
      checkBlocks(blocks);
      return changes.change(ctx, async (change) => {
        const before =
          (await store.findReport(change.db, ctx.project, id)) ??
          fail('NOT_FOUND', `There is no report '${id}' in project '${ctx.project}'.`);
        const report: Report = {
          ...before,
          title,
          blocks,
          revision: revision + 1,
          updatedBy: ctx.actor.name,
          updatedAt: change.now,
        };
        if (!(await store.replaceReport(change.db, ctx.project, report))) {
          // Read again: who saved first may have done so since it was read above.
          const now = (await store.findReport(change.db, ctx.project, id)) ?? before;
          fail(
            'STALE',
            `The report is at revision ${now.revision}, saved by ${now.updatedBy}; yours began at ${revision}. Read it again and put your changes into it.`,
            { revision: now.revision },
          );
        }
        await store.keepRevision(change.db, report, { mergeSince: change.now - oneRevisionMs, keep: revisionsKept });
        const detail = { title, revision: report.revision, blocks: blocks.length };
        change.audit({ verb: 'report.update', resourceType: 'report', resourceId: id, detail });
        return report;
      });
    },
    async deleteReport(ctx, id) {
      const { title } = await getReport(ctx, id);
      await changes.change(ctx, async (change) => {
        await store.deleteReport(change.db, id);
        change.audit({ verb: 'report.delete', resourceType: 'report', resourceId: id, detail: { title } });
      });
    },
    async listReportRevisions(ctx, id, asked) {
      await getReport(ctx, id);
      return store.listRevisions(db, id, asked);
    },
    async getReportRevision(ctx, id, revision) {
      await getReport(ctx, id);
      return (
        (await store.findRevision(db, id, revision)) ??
        fail('NOT_FOUND', `The report '${id}' has no revision ${revision}. Older ones are not kept for ever.`)
      );
    },
  };
};

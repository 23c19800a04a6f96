import type { FrozenReport, Page, Report, ReportCopy } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { blobReply, type RangeHeaders, type StreamReply } from '#platform/http';
import type { Panels } from '../panels.ts';
import type { PageAsked } from '../store.ts';
import * as store from './store.ts';

export interface Copies {
  /** Looks everything up that the report shows, and keeps it. Errors: NOT_FOUND, CONFLICT for one too large. */
  freezeReport(ctx: Ctx, reportId: string): Promise<ReportCopy>;
  listReportCopies(ctx: Ctx, reportId: string, asked: PageAsked): Promise<Page<ReportCopy>>;
  findReportCopy(ctx: Ctx, reportId: string, copyId: string): Promise<ReportCopy>;
  /** Errors: BLOB_CORRUPT when the bytes are not those that were frozen. */
  readReportCopy(ctx: Ctx, reportId: string, copyId: string): Promise<ReportCopy & { content: FrozenReport }>;
  /** Its bytes, as they were frozen. */
  exportReportCopy(ctx: Ctx, reportId: string, copyId: string, headers: RangeHeaders): Promise<StreamReply>;
  contentOfCopy(copy: ReportCopy): Promise<FrozenReport>;
}

const bytesAtMost = 25_000_000;
const mediaType = 'application/json';

export const createCopies = (
  { database: { db }, blobs, changes, clock, contents, ids }: Platform,
  { getReport, readPanel }: { getReport(ctx: Ctx, id: string): Promise<Report> } & Panels,
): Copies => {
  contents.declare({ table: 'report_copies', column: 'digest' });

  const frozen = async (ctx: Ctx, report: Report): Promise<FrozenReport> => {
    const blocks: FrozenReport['blocks'] = [];
    // One after another: a report must not take the server from everybody else.
    for (const block of report.blocks)
      blocks.push({ block, data: block.kind === 'text' ? null : await readPanel(ctx, block.panel, { frozen: true }) });
    return {
      format: 'millwright-report/1',
      project: ctx.project,
      reportId: report.id,
      revision: report.revision,
      title: report.title,
      frozenBy: ctx.actor.name,
      frozenAt: clock.now(),
      blocks,
    };
  };
  const findReportCopy = async (ctx: Ctx, reportId: string, copyId: string): Promise<ReportCopy> => {
    await getReport(ctx, reportId);
    return (
      (await store.findCopy(db, { report: reportId, id: copyId })) ??
      fail('NOT_FOUND', `The report '${reportId}' has no copy '${copyId}'.`)
    );
  };
  const contentOfCopy = async ({ digest }: ReportCopy): Promise<FrozenReport> => {
    const { stream } = await blobs.get(digest);
    return JSON.parse(Buffer.concat(await stream.toArray()).toString('utf8')) as FrozenReport;
  };

  return {
    async freezeReport(ctx, reportId) {
      const content = await frozen(ctx, await getReport(ctx, reportId));
      const bytes = Buffer.from(JSON.stringify(content));
      if (bytes.byteLength > bytesAtMost)
        fail(
          'CONFLICT',
          `The copy would have ${bytes.byteLength} bytes; ${bytesAtMost} are allowed. Show fewer runs, metrics or images.`,
        );
      const { digest, sizeBytes } = await blobs.put(bytes, { mediaType });
      return changes.change(ctx, async (change) => {
        const { title, revision, frozenBy, frozenAt } = content;
        const copy: ReportCopy = {
          id: ids.next('rcp'),
          reportId,
          revision,
          title,
          digest,
          sizeBytes,
          frozenBy,
          frozenAt,
        };
        await store.insertCopy(change.db, copy);
        const detail = { copy: copy.id, revision, digest };
        change.audit({ verb: 'report.freeze', resourceType: 'report', resourceId: reportId, detail });
        return copy;
      });
    },
    async listReportCopies(ctx, reportId, asked) {
      await getReport(ctx, reportId);
      return store.listCopies(db, reportId, asked);
    },
    findReportCopy,
    async readReportCopy(ctx, reportId, copyId) {
      const copy = await findReportCopy(ctx, reportId, copyId);
      return { ...copy, content: await contentOfCopy(copy) };
    },
    async exportReportCopy(ctx, reportId, copyId, headers) {
      const copy = await findReportCopy(ctx, reportId, copyId);
      return blobReply(blobs, { ...copy, fileName: `report-${copy.id}.json`, mediaType }, headers);
    },
    contentOfCopy,
  };
};

import type { FrozenReport, Report, ShareLink } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { randomSecret } from '#platform/ids';
import type { Copies } from '../copies/service.ts';
import { findCopy } from '../copies/store.ts';
import { createRate, hashOfSecret, type SavedLink, shownLink, stateOf } from './link.ts';
import * as store from './store.ts';

export interface Links {
  /** The secret is answered once. Errors: NOT_FOUND, CONFLICT where the operator does not allow it. */
  createShareLink(
    ctx: Ctx,
    place: { report: string; copy: string },
    days: number,
  ): Promise<{ link: ShareLink; secret: string }>;
  listShareLinks(ctx: Ctx, reportId: string): Promise<{ allowed: boolean; items: ShareLink[] }>;
  /** Errors: NOT_FOUND. */
  revokeShareLink(ctx: Ctx, reportId: string, linkId: string): Promise<ShareLink>;
  /** For anybody. Errors: NOT_FOUND, whatever the reason is; TOO_MANY_REQUESTS. */
  readShared(secret: string): Promise<{ digest: string; expiresAt: number; content: FrozenReport }>;
}

const dayMs = 24 * 3_600_000;
const readsPerMinute = 60;
/** Of addresses that lead nowhere, over everybody. */
const missesPerMinute = 120;
const hintLength = 6;
const lastReadEveryMs = 60_000;
const linksShown = 200;

export const createLinks = (
  { database: { db }, changes, clock, config, ids }: Platform,
  {
    getReport,
    copies,
  }: { getReport(ctx: Ctx, id: string): Promise<Report>; copies: Pick<Copies, 'findReportCopy' | 'contentOfCopy'> },
): Links => {
  const reads = createRate(readsPerMinute);
  const misses = createRate(missesPerMinute);
  const missing = (now: number) => {
    // Those who have a right address are not held up by those who guess.
    if (!misses.enter('', now)) return fail('TOO_MANY_REQUESTS', 'Too many wrong addresses. Try again in a minute.');
    return fail('NOT_FOUND', 'Nothing is shared at this address. It may have expired or been revoked.');
  };
  const activeLink = async (secret: string, now: number): Promise<SavedLink> => {
    const link = config.shareLinks ? await store.findLink(db, { secretHash: hashOfSecret(secret) }) : null;
    return link && stateOf(link, now) === 'active' ? link : missing(now);
  };
  return {
    async createShareLink(ctx, { report, copy }, days) {
      if (!config.shareLinks)
        fail('CONFLICT', 'The operator does not allow it. Start the server with --share-links true to change that.');
      const { id: copyId } = await copies.findReportCopy(ctx, report, copy);
      const secret = randomSecret();
      return changes.change(ctx, async (change) => {
        const link: SavedLink = {
          id: ids.next('rsl'),
          reportId: report,
          copyId,
          secretHash: hashOfSecret(secret),
          hint: secret.slice(0, hintLength),
          createdBy: ctx.actor.name,
          createdAt: change.now,
          expiresAt: change.now + days * dayMs,
          revokedAt: null,
          lastReadAt: null,
        };
        await store.insertLink(change.db, link);
        const detail = { link: link.id, copy: copyId, expiresAt: link.expiresAt };
        change.audit({ verb: 'report.share', resourceType: 'report', resourceId: report, detail });
        return { link: shownLink(link, change.now), secret };
      });
    },
    async listShareLinks(ctx, reportId) {
      await getReport(ctx, reportId);
      const now = clock.now();
      const links = await store.listLinks(db, reportId, linksShown);
      return { allowed: config.shareLinks, items: links.map((link) => shownLink(link, now)) };
    },
    async revokeShareLink(ctx, reportId, linkId) {
      await getReport(ctx, reportId);
      return changes.change(ctx, async (change) => {
        const link =
          (await store.findLink(change.db, { report: reportId, id: linkId })) ??
          fail('NOT_FOUND', `The report '${reportId}' has no link '${linkId}'.`);
        if (link.revokedAt === null) {
          await store.setRevoked(change.db, linkId, change.now);
          const detail = { link: linkId };
          change.audit({ verb: 'report.revoke-link', resourceType: 'report', resourceId: reportId, detail });
        }
        return shownLink({ ...link, revokedAt: link.revokedAt ?? change.now }, change.now);
      });
    },
    async readShared(secret) {
      const now = clock.now();
      const link = await activeLink(secret, now);
      if (!reads.enter(link.id, now))
        fail('TOO_MANY_REQUESTS', 'This address was read too often. Try again in a minute.');
      const copy = (await findCopy(db, { id: link.copyId })) ?? missing(now);
      if (link.lastReadAt === null || now - link.lastReadAt > lastReadEveryMs)
        await store.setLastRead(db, link.id, now);
      return { digest: copy.digest, expiresAt: link.expiresAt, content: await copies.contentOfCopy(copy) };
    },
  };
};

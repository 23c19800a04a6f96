import { type Static, Type } from 'typebox';
import { Digest, Id, Instant, Nullable, OneOf, Strict } from '../fields.ts';
import { operation } from '../operation.ts';
import { FrozenReport } from './copies.ts';
import { copy, project, report, tag } from './scope.ts';

export const ShareLink = Type.Object({
  id: Id,
  copyId: Id,
  /** The beginning of its secret, to tell links apart. */
  hint: Type.String(),
  createdBy: Type.String(),
  createdAt: Instant,
  expiresAt: Instant,
  revokedAt: Nullable(Instant),
  lastReadAt: Nullable(Instant),
  state: OneOf('active', 'expired', 'revoked'),
});
export type ShareLink = Static<typeof ShareLink>;

export const createShareLink = operation({
  id: 'createShareLink',
  method: 'POST',
  path: '/projects/:project/reports/:report/copies/:copy/links',
  summary: 'Make an address at which anybody reads a frozen copy without an account',
  tag,
  description:
    'Only where the operator allows it (--share-links). Whoever has the address reads this one copy and nothing else, until it expires or is revoked. The secret is shown once.',
  permission: 'report:share',
  params: copy,
  status: 201,
  body: Strict({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 30 })) }),
  reply: Type.Object({ link: ShareLink, secret: Type.String() }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'report.share',
  cli: 'reports share',
});
export const listShareLinks = operation({
  id: 'listShareLinks',
  method: 'GET',
  path: '/projects/:project/reports/:report/links',
  summary: 'List the addresses at which copies of a report are read without an account',
  tag,
  permission: 'run:read',
  params: report,
  reply: Type.Object({
    /** Whether the operator allows such addresses; those made before do not answer otherwise. */
    allowed: Type.Boolean(),
    items: Type.Array(ShareLink),
  }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'reports links',
});
export const revokeShareLink = operation({
  id: 'revokeShareLink',
  method: 'DELETE',
  path: '/projects/:project/reports/:report/links/:link',
  summary: 'Make such an address answer no more',
  tag,
  permission: 'report:share',
  params: Type.Object({ ...project, report: Id, link: Id }),
  reply: ShareLink,
  errors: ['NOT_FOUND'],
  audit: 'report.revoke-link',
  cli: 'reports revoke',
});
export const readSharedReport = operation({
  id: 'readSharedReport',
  method: 'GET',
  path: '/shared/:secret',
  summary: 'Read a frozen copy by its address',
  tag,
  permission: 'public',
  params: Type.Object({ secret: Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$' }) }),
  reply: Type.Object({ digest: Digest, expiresAt: Instant, content: FrozenReport }),
  errors: ['NOT_FOUND', 'TOO_MANY_REQUESTS'],
  audit: false,
});

import { type Static, Type } from 'typebox';
import { Count, Id, Instant, Nullable, OneOf, Strict } from './fields.ts';
import { operation } from './operation.ts';

const tag = 'system';

/** A look at all contents, and what became of those that nothing refers to. */
export const GarbageCollection = Type.Object({
  id: Id,
  state: OneOf('running', 'done', 'failed'),
  /** Looks only. */
  dryRun: Type.Boolean(),
  graceHours: Type.Number({ minimum: 0 }),
  startedAt: Instant,
  endedAt: Nullable(Instant),
  /** Looked at so far. */
  blobs: Count,
  bytes: Count,
  unreferencedBlobs: Count,
  unreferencedBytes: Count,
  /** Of these, those that were unreferenced for the whole grace time. */
  deletableBlobs: Count,
  deletableBytes: Count,
  deletedBlobs: Count,
  deletedBytes: Count,
});
export type GarbageCollection = Static<typeof GarbageCollection>;

export const collectGarbage = operation({
  id: 'collectGarbage',
  method: 'POST',
  path: '/garbage/collections',
  summary: 'Delete contents that nothing refers to',
  tag,
  description:
    'In the background. A content is deleted when two looks, at least the grace time apart, find nothing that refers to it and nobody has stored it again in between; the first look only takes note of it. `dryRun` counts and changes nothing. A grace time of 0 hours deletes at the first look: only where nobody is writing and no backup of the database is older.',
  permission: 'system:write',
  status: 202,
  body: Strict({
    dryRun: Type.Optional(Type.Boolean()),
    graceHours: Type.Optional(Type.Number({ minimum: 0, maximum: 876_000 })),
  }),
  reply: GarbageCollection,
  errors: ['CONFLICT'],
  audit: 'garbage.collect',
  cli: 'garbage collect',
});

export const getGarbage = operation({
  id: 'getGarbage',
  method: 'GET',
  path: '/garbage',
  summary: 'What nothing refers to, and how the latest collection fares',
  tag,
  permission: 'system:read',
  reply: Type.Object({
    /** Taken note of, waiting for the grace time to pass. */
    blobs: Count,
    bytes: Count,
    oldestSeenAt: Nullable(Instant),
    graceHours: Count,
    latest: Nullable(GarbageCollection),
  }),
  audit: false,
  cli: 'garbage show',
});

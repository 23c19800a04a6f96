import { type Static, Type } from 'typebox';
import { DatasetVersion } from '../data.ts';
import { Evaluation } from '../evaluation.ts';
import { MetricPoint, Run } from '../experiments/index.ts';
import { Count, Digest, Id, OneOf, Strict } from '../fields.ts';
import { operation } from '../operation.ts';
import { ModelVersion } from '../registry.ts';
import { Panel } from './blocks.ts';
import { project, tag } from './scope.ts';

export const CurveOfRun = Type.Object({
  runId: Id,
  key: Type.String(),
  total: Count,
  points: Type.Array(MetricPoint),
});

/** A profile is a page of its own. */
const { profile: _profile, checkResults: _checkResults, ...briefVersion } = DatasetVersion.properties;
const ImageType = OneOf('image/png', 'image/jpeg', 'image/gif', 'image/webp');
const mediaOf = { runId: Id, runName: Type.String(), step: Type.Integer(), path: Type.String(), digest: Digest };
export const ShownMedia = Type.Union([
  Type.Object({ ...mediaOf, kind: Type.Literal('image'), mediaType: ImageType, base64: Type.String() }),
  /** A table is the JSON that was logged: its columns and its data. */
  Type.Object({ ...mediaOf, kind: OneOf('table', 'text'), text: Type.String() }),
  /** Too large for a report, or not what its name says. */
  Type.Object({ ...mediaOf, kind: Type.Literal('left-out'), reason: Type.String() }),
]);
export type ShownMedia = Static<typeof ShownMedia>;

/** What is known of what a panel shows. */
export const PanelData = Type.Union([
  Type.Object({
    kind: Type.Literal('runs'),
    /** With the values that the panel shows, no others. */
    runs: Type.Array(Run),
    /** How many runs there are to choose from. */
    total: Count,
    /** Only in frozen copies: what is live follows the metrics by itself. */
    curves: Type.Optional(Type.Array(CurveOfRun)),
  }),
  Type.Object({ kind: Type.Literal('model-version'), version: ModelVersion }),
  Type.Object({ kind: Type.Literal('dataset-version'), version: Type.Object(briefVersion) }),
  Type.Object({ kind: Type.Literal('gate'), evaluation: Evaluation }),
  Type.Object({
    kind: Type.Literal('image'),
    mediaType: ImageType,
    digest: Digest,
    base64: Type.String(),
  }),
  Type.Object({
    kind: Type.Literal('media'),
    items: Type.Array(ShownMedia),
    /** How many of the chosen runs were looked at; some may have nothing of that name. */
    runs: Count,
  }),
  /** It does not exist, or who asks may not read it. */
  Type.Object({ kind: Type.Literal('missing'), reason: Type.String() }),
]);
export type PanelData = Static<typeof PanelData>;

export const readPanel = operation({
  id: 'readPanel',
  method: 'POST',
  path: '/projects/:project/reports/panel',
  summary: 'What a panel of a report shows now',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  body: Strict({ panel: Panel }),
  reply: PanelData,
  errors: ['INVALID_FILTER'],
  audit: false,
});

import { type Static, Type } from 'typebox';
import { ArtifactPath, RunKey } from '../experiments/index.ts';
import { Id, OneOf, Ref, Strict } from '../fields.ts';

/** Named by the one who writes the report; unique in it. */
const BlockId = Type.String({ pattern: '^[a-z0-9]{1,24}$' });
const Caption = Type.Optional(Type.String({ maxLength: 500, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }));
const filter = Type.String({ maxLength: 2000 });
/** Runs by their ids, or those a filter finds; the newest of them unless an order says otherwise. */
export const ChosenRuns = Strict({
  ids: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  experiment: Type.Optional(Ref),
  filter: Type.Optional(filter),
  order: Type.Optional(Type.String({ maxLength: 1000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
});
export type ChosenRuns = Static<typeof ChosenRuns>;

/** `metrics.auc`, `parameters.lr`, `tags.team`. */
const ValuePath = Type.String({
  maxLength: 270,
  pattern: '^(metrics|parameters|tags)\\.[^\\u0000-\\u001f\\u007f]{1,250}$',
});

/** What a panel shows. It is looked up whenever the report is read, and kept when a copy of it is frozen. */
export const Panel = Type.Union([
  Strict({
    kind: Type.Literal('curves'),
    caption: Caption,
    runs: ChosenRuns,
    metrics: Type.Array(RunKey, { minItems: 1, maxItems: 6 }),
  }),
  Strict({
    kind: Type.Literal('table'),
    caption: Caption,
    runs: ChosenRuns,
    columns: Type.Array(ValuePath, { maxItems: 20 }),
  }),
  Strict({
    kind: Type.Literal('parallel'),
    caption: Caption,
    runs: ChosenRuns,
    axes: Type.Array(ValuePath, { minItems: 2, maxItems: 12 }),
  }),
  Strict({
    kind: Type.Literal('comparison'),
    caption: Caption,
    runs: ChosenRuns,
    /** Runs with the same value of this are one group. */
    groupBy: ValuePath,
    metric: RunKey,
  }),
  Strict({ kind: Type.Literal('distribution'), caption: Caption, runs: ChosenRuns, metric: RunKey }),
  Strict({ kind: Type.Literal('image'), caption: Caption, run: Id, path: ArtifactPath }),
  /** What the runs logged under a name, side by side: the last of it, or that of a step. */
  Strict({
    kind: Type.Literal('media'),
    caption: Caption,
    runs: ChosenRuns,
    media: OneOf('image', 'table', 'text'),
    name: Type.String({ minLength: 1, maxLength: 500 }),
    step: Type.Optional(Type.Integer()),
  }),
  Strict({ kind: Type.Literal('model-version'), caption: Caption, version: Id }),
  Strict({ kind: Type.Literal('dataset-version'), caption: Caption, version: Id }),
  Strict({ kind: Type.Literal('gate'), caption: Caption, evaluation: Id }),
]);
export type Panel = Static<typeof Panel>;

export const ReportBlock = Type.Union([
  Strict({
    id: BlockId,
    kind: Type.Literal('text'),
    /** Markdown; HTML in it is text. */
    markdown: Type.String({ maxLength: 50_000, pattern: '^[^\\u0000]*$' }),
  }),
  Strict({ id: BlockId, kind: Type.Literal('panel'), panel: Panel }),
]);
export type ReportBlock = Static<typeof ReportBlock>;
export const Blocks = Type.Array(ReportBlock, { maxItems: 100 });

import { type Static, Type } from 'typebox';
import type { EventType } from './events.ts';
import { Count, Id, Instant, Nullable, OneOf, PageQuery, ProjectName, Strict, Text, Title, pageOf } from './fields.ts';
import { operation } from './operation.ts';

const tag = 'notifications';

/** What somebody can be told of: the event it follows from, and whether a filter over runs can narrow it. */
export const topics = {
  'run-started': { event: 'experiments.run-started', title: 'A run started', hasFilter: true },
  'run-ended': { event: 'experiments.run-ended', title: 'A run ended', hasFilter: true },
  'run-failed': { event: 'experiments.run-ended', title: 'A run failed or was killed', hasFilter: true },
  'metric-condition': {
    event: 'experiments.metrics-logged',
    title: 'A run meets a condition',
    hasFilter: true,
  },
  'dataset-version-created': { event: 'data.version-created', title: 'A data set version arrived', hasFilter: false },
  'upload-refused': { event: 'data.upload-refused', title: 'An upload was refused', hasFilter: false },
  'pipeline-run-ended': { event: 'pipelines.run-ended', title: 'A pipeline run ended', hasFilter: false },
  'evaluation-completed': { event: 'evaluation.completed', title: 'An evaluation was completed', hasFilter: false },
  'model-created': { event: 'registry.model-created', title: 'A model was created', hasFilter: false },
  'model-tag-set': { event: 'registry.model-tag-changed', title: 'A tag of a model was set', hasFilter: false },
  'model-tag-deleted': { event: 'registry.model-tag-changed', title: 'A tag of a model was deleted', hasFilter: false },
  'version-created': { event: 'registry.version-created', title: 'A model version was registered', hasFilter: false },
  'version-decided': {
    event: 'registry.version-decided',
    title: 'A model version was approved or rejected',
    hasFilter: false,
  },
  'version-tag-set': {
    event: 'registry.version-tag-changed',
    title: 'A tag of a model version was set',
    hasFilter: false,
  },
  'version-tag-deleted': {
    event: 'registry.version-tag-changed',
    title: 'A tag of a model version was deleted',
    hasFilter: false,
  },
  'alias-set': { event: 'registry.alias-moved', title: 'An alias was set or moved', hasFilter: false },
  'alias-deleted': { event: 'registry.alias-moved', title: 'An alias was removed', hasFilter: false },
  'approval-requested': {
    event: 'registry.approval-requested',
    title: 'Somebody asks for an approval',
    hasFilter: false,
  },
  'approval-commented': {
    event: 'registry.approval-commented',
    title: 'Somebody commented on a request for approval',
    hasFilter: false,
  },
  'approval-closed': {
    event: 'registry.approval-closed',
    title: 'A request for approval was decided, or holds no longer',
    hasFilter: false,
  },
  'tests-green': {
    event: 'registry.tests-finished',
    title: 'A version passed the tests of its model',
    hasFilter: false,
  },
  'tests-red': { event: 'registry.tests-finished', title: 'A version failed the tests of its model', hasFilter: false },
  'rollout-ended': { event: 'serving.rollout-ended', title: 'A rollout ended', hasFilter: false },
  'drift-confirmed': { event: 'monitoring.drift-confirmed', title: 'Drift was confirmed', hasFilter: false },
  'performance-degraded': {
    event: 'monitoring.performance-degraded',
    title: 'The performance of a model got worse',
    hasFilter: false,
  },
  'incident-changed': { event: 'monitoring.incident-changed', title: 'An incident changed', hasFilter: false },
} as const satisfies Record<string, { event: EventType; title: string; hasFilter: boolean }>;
export type TopicName = keyof typeof topics;
export const topicNames = Object.keys(topics) as TopicName[];
export const Topic = OneOf(...topicNames);

/**
 * `filter`: over the run, in the grammar of the list of runs; only for topics of runs, needed for `metric-condition`.
 * That one tells once per run: the first time the run is found to meet it.
 */
export const Condition = Strict({
  topic: Topic,
  filter: Type.Optional(Type.String({ minLength: 1, maxLength: 2000, pattern: '^[^\\u0000]*$' })),
});
export type Condition = Static<typeof Condition>;

const Url = Type.String({ minLength: 1, maxLength: 2048, pattern: '^[^\\u0000-\\u0020\\u007f]+$' });
const MailAddress = Type.String({ maxLength: 254, pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$" });
/** Where mail goes and by which server. Port 465 speaks TLS at once, others begin it with STARTTLS. */
export const MailTarget = Strict({
  host: Type.String({ pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$' }),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  from: MailAddress,
  to: Type.Array(MailAddress, { minItems: 1, maxItems: 50 }),
  /** Signs in with the secret of the channel as the password. */
  user: Type.Optional(Type.String({ minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f]+$' })),
});
export type MailTarget = Static<typeof MailTarget>;

export const ChannelKind = OneOf('webhook', 'slack', 'email');
export const ChannelStatus = OneOf('active', 'disabled');
const Secret = Type.String({ minLength: 1, maxLength: 1000, pattern: '^[^\\u0000]*$' });
const Conditions = Type.Array(Condition, { minItems: 1, maxItems: 50 });

export const Channel = Type.Object({
  id: Id,
  name: Type.String(),
  description: Type.String(),
  kind: ChannelKind,
  /** Who made it says what is sent: `millwright`, or the protocol that it was made with. */
  format: Type.String(),
  /** Of a Slack webhook only the beginning: the rest is its secret. */
  url: Nullable(Type.String()),
  mail: Nullable(MailTarget),
  /** Whether there is one; it is never shown again. */
  hasSecret: Type.Boolean(),
  status: ChannelStatus,
  conditions: Type.Array(Condition),
  createdBy: Type.String(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Channel = Static<typeof Channel>;

export const DeliveryState = OneOf('queued', 'delivered', 'dead');
export const Delivery = Type.Object({
  id: Id,
  channelId: Id,
  channelName: Type.String(),
  kind: ChannelKind,
  topic: Topic,
  subject: Type.Object({ type: Type.String(), id: Type.String() }),
  /** One sentence that says what happened. */
  summary: Type.String(),
  /** `dead`: given up after the last attempt; it can be replayed. */
  state: DeliveryState,
  attempts: Count,
  createdAt: Instant,
  nextAttemptAt: Nullable(Instant),
  finishedAt: Nullable(Instant),
  /** HTTP status, or SMTP code, of the last answer. */
  lastStatus: Nullable(Count),
  lastError: Nullable(Type.String()),
  isTest: Type.Boolean(),
  /** The delivery that was sent again. */
  replayOf: Nullable(Id),
});
export type Delivery = Static<typeof Delivery>;
export const DeliveryAttempt = Type.Object({
  number: Count,
  at: Instant,
  durationMs: Count,
  status: Nullable(Count),
  error: Nullable(Type.String()),
  /** The beginning of the answer. */
  excerpt: Type.String(),
});
export type DeliveryAttempt = Static<typeof DeliveryAttempt>;
export const DeliveryRecord = Type.Object({
  ...Delivery.properties,
  /** What is sent. */
  body: Type.String(),
  log: Type.Array(DeliveryAttempt),
});
export type DeliveryRecord = Static<typeof DeliveryRecord>;

const project = { project: ProjectName };
const channel = Type.Object({ ...project, channel: Id });
const delivery = Type.Object({ ...project, delivery: Id });

export const listChannels = operation({
  id: 'listChannels',
  method: 'GET',
  path: '/projects/:project/channels',
  summary: 'List the channels of notifications, newest first',
  tag,
  permission: 'notification:read',
  params: Type.Object(project),
  query: Type.Object(PageQuery),
  reply: pageOf(Channel),
  audit: false,
  cli: 'channels list',
});
export const createChannel = operation({
  id: 'createChannel',
  method: 'POST',
  path: '/projects/:project/channels',
  summary: 'Tell a webhook, a Slack channel or people by mail what happens',
  tag,
  permission: 'notification:write',
  description:
    'Requests to webhooks carry the headers X-Millwright-Delivery-Id, X-Millwright-Timestamp and, with a secret, ' +
    'X-Millwright-Signature: `v1,` and the base64 of HMAC-SHA256 over `<delivery id>.<timestamp>.<body>`.',
  status: 201,
  params: Type.Object(project),
  body: Strict({
    name: Title,
    description: Type.Optional(Text),
    kind: ChannelKind,
    url: Type.Optional(Url),
    mail: Type.Optional(MailTarget),
    secret: Type.Optional(Secret),
    status: Type.Optional(ChannelStatus),
    conditions: Conditions,
  }),
  reply: Channel,
  errors: ['INVALID_INPUT', 'INVALID_FILTER'],
  audit: 'channel.create',
  cli: 'channels create',
});
export const getChannel = operation({
  id: 'getChannel',
  method: 'GET',
  path: '/projects/:project/channels/:channel',
  summary: 'Read one channel',
  tag,
  permission: 'notification:read',
  params: channel,
  reply: Channel,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'channels show',
});
export const updateChannel = operation({
  id: 'updateChannel',
  method: 'PATCH',
  path: '/projects/:project/channels/:channel',
  summary: 'Change a channel',
  tag,
  permission: 'notification:write',
  params: channel,
  body: Strict({
    name: Type.Optional(Title),
    description: Type.Optional(Text),
    url: Type.Optional(Url),
    mail: Type.Optional(MailTarget),
    secret: Type.Optional(Nullable(Secret)),
    status: Type.Optional(ChannelStatus),
    conditions: Type.Optional(Conditions),
  }),
  reply: Channel,
  description: 'What a channel of MLflow listens to is changed with MLflow.',
  errors: ['NOT_FOUND', 'INVALID_INPUT', 'INVALID_FILTER', 'CONFLICT'],
  audit: 'channel.update',
  cli: 'channels update',
});
export const deleteChannel = operation({
  id: 'deleteChannel',
  method: 'DELETE',
  path: '/projects/:project/channels/:channel',
  summary: 'Delete a channel; its deliveries stay in the log',
  tag,
  permission: 'notification:write',
  status: 204,
  params: channel,
  errors: ['NOT_FOUND'],
  audit: 'channel.delete',
  cli: 'channels delete',
});
export const testChannel = operation({
  id: 'testChannel',
  method: 'POST',
  path: '/projects/:project/channels/:channel/test',
  summary: 'Send an example now, once',
  tag,
  permission: 'notification:write',
  params: channel,
  body: Strict({ topic: Type.Optional(Topic) }),
  reply: DeliveryRecord,
  errors: ['NOT_FOUND'],
  audit: 'channel.test',
  cli: 'channels test',
});
export const listDeliveries = operation({
  id: 'listDeliveries',
  method: 'GET',
  path: '/projects/:project/deliveries',
  summary: 'List what was sent, newest first; kept for 30 days',
  tag,
  permission: 'notification:read',
  params: Type.Object(project),
  query: Type.Object({ ...PageQuery, channel: Type.Optional(Id), state: Type.Optional(DeliveryState) }),
  reply: pageOf(Delivery),
  audit: false,
  cli: 'deliveries list',
});
export const getDelivery = operation({
  id: 'getDelivery',
  method: 'GET',
  path: '/projects/:project/deliveries/:delivery',
  summary: 'Read one delivery with its attempts',
  tag,
  permission: 'notification:read',
  params: delivery,
  reply: DeliveryRecord,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'deliveries show',
});
export const replayDelivery = operation({
  id: 'replayDelivery',
  method: 'POST',
  path: '/projects/:project/deliveries/:delivery/replay',
  summary: 'Send the same body again, under a new delivery id',
  tag,
  permission: 'notification:write',
  status: 202,
  params: delivery,
  reply: Delivery,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'delivery.replay',
  cli: 'deliveries replay',
});

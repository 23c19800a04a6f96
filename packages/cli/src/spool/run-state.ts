import { checkBatch, checkMetric, checkParameter, checkTag, required } from './checks.ts';
import { type Json, objectsIn, textIn } from './exact-json.ts';
import type { Known } from './known.ts';
import type { RequestKind } from './queue.ts';
import { invalid, Refusal } from './refusal.ts';

export const nameTag = 'mlflow.runName';
const historyTag = 'mlflow.log-model.history';

/** What is kept of a run beside its parameters, tags and latest metrics. */
export interface KnownRun extends Json {
  info: Json;
  inputs: Json;
  outputs: Json;
  /** The spool has seen all of it: it was made here, or read from the server before the first write. */
  isComplete: boolean;
  /** All points of its metrics went through here. */
  hasHistory: boolean;
}

const numberOf = (value: unknown): number => (value === undefined || value === null ? 0 : Number(value));

/** The latest point is the greatest by step, time and value. */
const isLater = (a: Json, b: Json): boolean => {
  for (const field of ['step', 'timestamp', 'value']) {
    const [x, y] = [numberOf(a[field]), numberOf(b[field])];
    if (x !== y) return x > y;
  }
  return false;
};

const addMetric = (known: Known, run: string, entry: Json): void => {
  const key = checkMetric(entry);
  const { value, timestamp, step } = entry;
  const point = { key, value, timestamp: numberOf(timestamp), step: numberOf(step) };
  const before = known.entry(run, 'metric', key);
  if (before === null || isLater(point, before)) known.setEntry(run, 'metric', point);
};

const addParameter = (known: Known, run: string, entry: Json): void => {
  const key = checkParameter(entry);
  const value = textIn(entry, 'value') ?? '';
  const before = known.entry(run, 'param', key);
  if (before !== null && before['value'] !== value)
    invalid(
      `Changing param values is not allowed. Param with key='${key}' was already logged with value='${String(before['value'])}' for run ID='${run}'. Attempted logging new value '${value}'.`,
    );
  known.setEntry(run, 'param', { key, value });
};

const addTag = (known: Known, id: string, run: KnownRun, entry: Json): void => {
  const key = checkTag(entry);
  const value = textIn(entry, 'value') ?? '';
  known.setEntry(id, 'tag', { key, value });
  if (key === nameTag) run.info['run_name'] = value;
};

const append = (to: Json, name: string, items: readonly Json[]): void => {
  if (items.length > 0) to[name] = [...objectsIn(to, name), ...items];
};

type Apply = (known: Known, id: string, run: KnownRun, body: Json) => void;

/** By the last part of the address: how a write changes what the run will answer about itself. */
const writes: Record<string, { kind: RequestKind; apply: Apply }> = {
  'log-metric': { kind: 'run-log', apply: (known, id, _run, body) => addMetric(known, id, body) },
  'log-parameter': { kind: 'run-log', apply: (known, id, _run, body) => addParameter(known, id, body) },
  'set-tag': { kind: 'run-log', apply: (known, id, run, body) => addTag(known, id, run, body) },
  'log-batch': {
    kind: 'run-log',
    apply(known, id, run, body) {
      checkBatch(body);
      for (const metric of objectsIn(body, 'metrics')) addMetric(known, id, metric);
      for (const parameter of objectsIn(body, 'params')) addParameter(known, id, parameter);
      for (const tag of objectsIn(body, 'tags')) addTag(known, id, run, tag);
    },
  },
  'delete-tag': {
    kind: 'run-delete-tag',
    apply(known, id, run, body) {
      const key = required(body, 'key');
      if (run.isComplete && known.entry(id, 'tag', key) === null)
        throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `No tag with name: ${key} in run with id ${id}`);
      known.deleteEntry(id, 'tag', key);
    },
  },
  update: {
    kind: 'run-write',
    apply(known, id, run, body) {
      const { status, end_time: endTime } = body;
      if (typeof status === 'string') run.info['status'] = status;
      if (endTime !== undefined && endTime !== null) run.info['end_time'] = Number(endTime);
      const name = textIn(body, 'run_name');
      if (name) addTag(known, id, run, { key: nameTag, value: name });
    },
  },
  delete: { kind: 'run-write', apply: (_known, _id, run) => void (run.info['lifecycle_stage'] = 'deleted') },
  restore: { kind: 'run-write', apply: (_known, _id, run) => void (run.info['lifecycle_stage'] = 'active') },
  'log-inputs': {
    kind: 'run-write',
    apply(_known, _id, run, body) {
      append(run.inputs, 'dataset_inputs', objectsIn(body, 'datasets'));
      append(run.inputs, 'model_inputs', objectsIn(body, 'models'));
    },
  },
  outputs: {
    kind: 'run-write',
    apply: (_known, _id, run, body) => append(run.outputs, 'model_outputs', objectsIn(body, 'models')),
  },
  'log-model': {
    kind: 'run-log-model',
    apply(known, id, run, body) {
      const before = textIn(known.entry(id, 'tag', historyTag) ?? {}, 'value') ?? '[]';
      const model = JSON.parse(required(body, 'model_json')) as unknown;
      const history = [...(JSON.parse(before) as unknown[]), model];
      addTag(known, id, run, { key: historyTag, value: JSON.stringify(history) });
    },
  },
};

export const runWrite = (name: string): { kind: RequestKind; apply: Apply } | undefined =>
  Object.hasOwn(writes, name) ? writes[name] : undefined;

const without = (what: Json): Json | undefined => (Object.keys(what).length > 0 ? what : undefined);

/** As the server would answer it. */
export const runOnWire = (known: Known, id: string, run: KnownRun): Json => {
  const [metrics, params, tags] = (['metric', 'param', 'tag'] as const).map((kind) => known.entries(id, kind)) as [
    Json[],
    Json[],
    Json[],
  ];
  return {
    info: run.info,
    data: {
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(params.length > 0 ? { params } : {}),
      ...(tags.length > 0 ? { tags } : {}),
    },
    inputs: run.inputs,
    ...(without(run.outputs) ? { outputs: run.outputs } : {}),
  };
};

/** What the server answered about a run, kept as if it had been logged here. */
export const adopt = (known: Known, workspace: string, id: string, answered: Json): KnownRun => {
  const data = (answered['data'] ?? {}) as Json;
  const run: KnownRun = {
    info: (answered['info'] ?? {}) as Json,
    inputs: (answered['inputs'] ?? {}) as Json,
    outputs: (answered['outputs'] ?? {}) as Json,
    isComplete: true,
    hasHistory: objectsIn(data, 'metrics').length === 0,
  };
  for (const [name, kind] of [
    ['metrics', 'metric'],
    ['params', 'param'],
    ['tags', 'tag'],
  ] as const)
    for (const entry of objectsIn(data, name)) known.setEntry(id, kind, entry);
  known.put('run', workspace, id, run);
  return run;
};

/** Points of one metric in what was logged, oldest first. */
export const historyOf = (bodies: readonly string[], id: string, key: string): Json[] => {
  const points = new Map<string, Json>();
  for (const text of bodies) {
    const body = JSON.parse(text) as Json;
    for (const entry of [...objectsIn(body, 'metrics'), ...(body['value'] === undefined ? [] : [body])]) {
      if (entry['key'] !== key || entry['timestamp'] === undefined) continue;
      const { value, model_id, dataset_name, dataset_digest } = entry;
      const point = { key, value, timestamp: numberOf(entry['timestamp']), step: numberOf(entry['step']), run_id: id };
      const identity = JSON.stringify([point.timestamp, point.step, value]);
      if (!points.has(identity))
        points.set(identity, {
          ...point,
          ...(model_id ? { model_id } : {}),
          ...(dataset_name ? { dataset_name } : {}),
          ...(dataset_digest ? { dataset_digest } : {}),
        });
    }
  }
  return [...points.values()];
};

import type { InferReply, InferRequest } from '@millwright/contract';
import type { Clock } from '#platform/clock';
import { fail, isMillwrightError } from '#platform/errors';
import type { Metrics } from '#platform/telemetry';
import { type Answered, captureLines, unitValues } from './capture/capture-line.ts';
import type { Recorder } from './capture/recorder.ts';
import { isChallengers } from './endpoints/assignment.ts';
import type { EndpointRoute, Role, ServedVariant } from './endpoints/route.ts';
import type { InferencePool } from './runtimes/inference-pool.ts';
import { type RequestRows, readRequestRows } from './runtimes/request-rows.ts';
import { type OutputTensor, jsonData } from './runtimes/tensors.ts';

export interface InferAnswer {
  reply: InferReply;
  variant: Role;
  modelVersion: number;
  /** Of the first row. */
  predictionId: string;
}

export interface InferCall {
  requestId: string;
  /** Asks for one of the versions that are served, by number: the answer is left out of rollouts. */
  version?: number | undefined;
}

export interface PredictParts {
  pool: InferencePool;
  recorder: Recorder;
  newPredictionId: () => string;
  clock: Clock;
  metrics: Metrics;
  /** The breaker of a rollout has tripped: its challenger gets no more requests here. */
  onTripped(route: EndpointRoute, rolloutId: string, counts: { requests: number; failed: number }): void;
}

export type Infer = (route: EndpointRoute, request: InferRequest, call: InferCall) => Promise<InferAnswer>;

const maxUnitLength = 200;

/**
 * Answers one request by one model version and captures it before it is answered. A request is dealt by one unit: with
 * several rows the one of the first row. Errors: INVALID_INPUT, NOT_FOUND (version), MODEL_NOT_READY, MODEL_REFUSED, OVERLOADED.
 */
export const createInfer = (parts: PredictParts): Infer => {
  const { pool, recorder, newPredictionId, clock, metrics } = parts;

  const settle = (route: EndpointRoute, role: Role, rows: number, failed: boolean): void => {
    metrics.count(
      'millwright_predictions_total',
      'Predictions by outcome',
      { endpoint: route.name, variant: role, outcome: failed ? 'failed' : 'answered' },
      rows,
    );
    const { challenger } = route;
    if (role !== 'challenger' || !challenger || !challenger.breaker.record(failed) || !challenger.breaker.tripped)
      return;
    parts.onTripped(route, challenger.rolloutId, challenger.breaker.tripped);
  };

  return async (route, request, call) => {
    const champion = route.champion ?? notReady(route);
    const rows = readRequestRows(champion.plan, request, route.unitColumn);
    const unit = unitOf(route, champion, rows, request, call.requestId);
    const { role, variant } = choose(route, champion, unit, call.version);
    const { version } = variant;
    const wanted = wantedOutputs(variant, request);
    const predictionIds: string[] = [];
    for (let row = 0; row < rows.rows; row++) predictionIds.push(newPredictionId());
    const answered: Answered = {
      route,
      version,
      role,
      forced: call.version !== undefined,
      predictionIds,
      at: clock.now(),
      unit: unit.slice(0, maxUnitLength),
      request: rows,
    };

    let outputs: OutputTensor[];
    try {
      outputs = await pool.run(version.digest, rows.columns, rows.rows);
    } catch (error) {
      settle(route, role, rows.rows, true);
      await recorder.record(
        route.endpointId,
        captureLines(answered, null, isMillwrightError(error) ? error.code : 'INTERNAL'),
      );
      throw error;
    }
    settle(route, role, rows.rows, false);
    await recorder.record(route.endpointId, captureLines(answered, outputs, ''));
    const named = version.signature.outputs.flatMap(({ name, datatype }, index) => {
      const output = outputs[index] as OutputTensor;
      return wanted && !wanted.has(name)
        ? []
        : [{ name, shape: output.dims, datatype, data: jsonData(output, datatype) }];
    });
    const reply: InferReply = {
      model_name: route.name,
      model_version: String(version.number),
      id: request.id ?? call.requestId,
      parameters: { prediction_ids: predictionIds, variant: role },
      outputs: named,
    };
    return { reply, variant: role, modelVersion: version.number, predictionId: predictionIds[0] as string };
  };
};

const notReady = (route: EndpointRoute): never => {
  const [champion] = route.states;
  if (champion?.state === 'failed')
    return fail(
      'MODEL_NOT_READY',
      `The champion of '${route.name}' cannot be loaded: ${champion.message} It is tried again every few seconds.`,
    );
  return fail('MODEL_NOT_READY', `The model of '${route.name}' is still loading. Try again in a moment.`);
};

const unitOf = (
  route: EndpointRoute,
  champion: ServedVariant,
  rows: RequestRows,
  request: InferRequest,
  requestId: string,
): string => {
  if (route.unitColumn !== null) {
    const values = unitValues(route.unitColumn, champion.version, rows);
    if (values) return String(values[0]);
  }
  const unit = request.parameters?.['unit'];
  if (typeof unit === 'string' || typeof unit === 'number') return String(unit);
  return request.id ?? requestId;
};

const choose = (
  route: EndpointRoute,
  champion: ServedVariant,
  unit: string,
  number: number | undefined,
): { role: Role; variant: ServedVariant } => {
  const { challenger } = route;
  if (number !== undefined) {
    if (number === champion.version.number) return { role: 'champion', variant: champion };
    if (challenger && number === challenger.variant.version.number)
      return { role: 'challenger', variant: challenger.variant };
    return fail('NOT_FOUND', `Version ${number} is not served by '${route.name}'.`);
  }
  if (challenger && challenger.breaker.tripped === null && isChallengers(challenger.rolloutId, unit, challenger.weight))
    return { role: 'challenger', variant: challenger.variant };
  return { role: 'champion', variant: champion };
};

const wantedOutputs = ({ version }: ServedVariant, { outputs }: InferRequest): ReadonlySet<string> | null => {
  const asked: unknown = outputs;
  if (asked === undefined || asked === null) return null;
  if (!Array.isArray(asked)) return fail('INVALID_INPUT', "'outputs' must be a list.");
  if (asked.length === 0) return null;
  const known = version.signature.outputs.map(({ name }) => name);
  const names = asked.map((output: { name?: unknown } | null) => output?.name);
  for (const name of names)
    if (typeof name !== 'string' || !known.includes(name))
      fail(
        'INVALID_INPUT',
        `Output '${String(name).slice(0, 100)}' is not an output of the model, which has ${known.map((one) => `'${one}'`).join(', ')}.`,
      );
  return new Set(names as string[]);
};

import { type MetricSummary, type Run } from '@millwright/contract';
import type { ExperimentsService, RunState } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import { givenId } from '../wire/given-id.ts';
import { artifactLocationOf, experimentNumberOf, experimentOf } from '../experiments/experiments.ts';
import type { Fields } from '../wire/fields.ts';
import { readMlflowFilter, readMlflowOrder } from '../filters/index.ts';
import { runIdFromWire, runIdOnWire, statusFromWire, statusOnWire } from '../wire/ids.ts';
import { int64OnWire } from '../wire/int64.ts';
import { filesOfRun } from '../wire/locations.ts';
import { modelPointsOf } from './model-points.ts';
import { pageOptions, viewOf } from '../wire/pages.ts';
import { asOneParameter } from '../wire/phrases.ts';
import { refuseValue } from '../wire/refusals.ts';
import { checkBatch, firstTagOf, instantOf, metricOf, parameterOf, tagOf, uniqueEntries } from './entries.ts';
import { linksOnWire } from './run-links.ts';
import { createRunTexts } from './run-texts.ts';
import { sendTexts } from '../wire/send-texts.ts';
import { randomRunName } from './run-name.ts';

/** Tags that say what natively are columns of a run. */
const nameTag = 'mlflow.runName';
const noteTag = 'mlflow.note.content';
const parentTag = 'mlflow.parentRunId';

/** An experiment's place for files by its number, remembered: it never changes. */
export type Locations = (ctx: Ctx, experiment: number) => Promise<string>;

export const createLocations = (experiments: ExperimentsService): Locations => {
  const known = new Map<string, string>();
  return async (ctx, number) => {
    const key = `${ctx.project} ${number}`;
    const location = known.get(key) ?? artifactLocationOf(await experimentOf(experiments, ctx, String(number)));
    known.set(key, location);
    return location;
  };
};

const infoOnWire = (run: Omit<RunState, 'number' | 'project' | 'note' | 'owner'>, location: string) => {
  const id = runIdOnWire(run.id);
  return {
    run_id: id,
    run_uuid: id,
    run_name: run.name,
    experiment_id: String(run.experiment),
    user_id: run.userId,
    status: statusOnWire(run.status),
    start_time: run.startedAt,
    ...(run.endedAt === null ? {} : { end_time: run.endedAt }),
    artifact_uri: filesOfRun(location, run.id),
    lifecycle_stage: run.deletedAt === null ? 'active' : 'deleted',
  };
};

const metricOnWire = ([key, metric]: [string, MetricSummary]) => ({
  key,
  value: metric.last,
  timestamp: int64OnWire(metric.exactLastAt ?? metric.lastAt),
  step: int64OnWire(metric.exactLastStep ?? metric.lastStep),
});
const pairOnWire = ([key, value]: [string, string]) => ({ key, value });

/** Of runs that were not logged through this protocol, what its clients read from tags. */
const tagsOf = (run: Run): Record<string, string> => ({
  ...run.tags,
  [nameTag]: run.tags[nameTag] ?? run.name,
  ...(run.parentRunId === null || run.tags[parentTag] !== undefined
    ? {}
    : { [parentTag]: runIdOnWire(run.parentRunId) }),
  ...(run.note === '' || run.tags[noteTag] !== undefined ? {} : { [noteTag]: run.note }),
});

export const runOnWire = (run: Run, location: string) => {
  const metrics = Object.entries(run.metrics).map(metricOnWire);
  const params = Object.entries(run.parameters).map(pairOnWire);
  const tags = Object.entries(tagsOf(run)).map(pairOnWire);
  return {
    info: infoOnWire({ ...run, experiment: run.experimentNumber }, location),
    data: {
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(params.length > 0 ? { params } : {}),
      ...(tags.length > 0 ? { tags } : {}),
    },
    inputs: {},
  };
};

export const runIdOf = (input: Fields): string => {
  const wire = input.text('run_id') || input.text('run_uuid') || input.requiredText('run_id');
  return runIdFromWire(wire);
};

export const checkRunId = (runId: string): string =>
  /^[A-Za-z0-9][\w-]{0,255}$/.test(runId) ? runId : refuseValue('run_id', runId, 'It is 32 hexadecimal digits.');

/** Tags that name a column change it too. */
const stateFromTags =
  (tags: Readonly<Record<string, string>>) =>
  (run: RunState): RunState => ({
    ...run,
    name: tags[nameTag] || run.name,
    note: tags[noteTag] ?? run.note,
    parentRunId: tags[parentTag] === undefined ? run.parentRunId : runIdFromWire(tags[parentTag]),
  });
/** What is left of a column when its tag is taken away. */
const columnsWithout: Readonly<Record<string, Partial<RunState>>> = {
  [noteTag]: { note: '' },
  [parentTag]: { parentRunId: null },
};
const namesColumn = (tags: Readonly<Record<string, string>>): boolean =>
  [nameTag, noteTag, parentTag].some((key) => tags[key] !== undefined);

export const runEndpoints = (experiments: ExperimentsService, locations: Locations): MlflowEndpoint[] => {
  const shown = async (ctx: Ctx, run: Run) => runOnWire(run, await locations(ctx, run.experimentNumber));
  /** With what they read and made. */
  const shownWithLinks = async (ctx: Ctx, runs: readonly Run[]) => {
    const links = await experiments.runLinks(
      ctx,
      runs.map(({ id }) => id),
    );
    return Promise.all(runs.map(async (run) => ({ ...(await shown(ctx, run)), ...linksOnWire(links.get(run.id)) })));
  };
  const texts = createRunTexts(experiments, shownWithLinks);
  const metricsOf = (inputs: readonly Fields[]) => {
    const metrics = inputs.map(metricOf);
    return { metrics, modelMetrics: modelPointsOf(inputs, metrics) };
  };
  const logTags = async (ctx: Ctx, runId: string, entries: readonly [string, string][], more = {}): Promise<void> => {
    const tags = Object.fromEntries(entries);
    await experiments.logToRun(ctx, {
      runId,
      tags,
      ...(namesColumn(tags) ? { update: stateFromTags(tags) } : {}),
      ...more,
    });
  };
  return [
    {
      method: 'POST',
      path: '/runs/create',
      permission: 'run:write',
      async handle(input, ctx, { request }) {
        const experiment = input.requiredText('experiment_id');
        const number = experimentNumberOf(experiment);
        const tags = uniqueEntries('tag', input.messages('tags').map(firstTagOf));
        const given = input.text('run_name') || undefined;
        const tagged = tags[nameTag];
        if (given !== undefined && tagged !== undefined && given !== tagged)
          fail(
            'INVALID_INPUT',
            `Both 'run_name' argument and '${nameTag}' tag are specified, but with different values (run_name='${given}', ${nameTag}='${tagged}').`,
          );
        const name = given ?? (tagged || randomRunName());
        const run = {
          id: givenId(request.headers['x-millwright-run-id'], 'run'),
          experiment: { number },
          name,
          startedAt: instantOf(input, 'start_time') ?? 0,
          userId: input.text('user_id') ?? '',
          note: tags[noteTag],
          parentRunId: await knownParent(experiments, ctx, tags[parentTag]),
          tags: { ...tags, [nameTag]: name },
        };
        try {
          return { run: await shown(ctx, await experiments.startRun(ctx, run)) };
        } catch (error) {
          // Looked at only now: nearly always it is there.
          if (isMillwrightError(error) && error.code === 'CONFLICT') await checkOpen(experiments, ctx, experiment);
          throw error;
        }
      },
    },
    {
      method: 'GET',
      path: '/runs/get',
      permission: 'run:read',
      async handle(input, ctx) {
        const [run] = await shownWithLinks(ctx, [await experiments.getRun(ctx, runIdOf(input))]);
        return { run };
      },
    },
    {
      method: 'POST',
      path: '/runs/update',
      permission: 'run:write',
      async handle(input, ctx) {
        const runId = runIdOf(input);
        const wire = input.word('status');
        const status = wire === undefined ? undefined : statusFromWire(wire);
        if (status === null) return fail('INVALID_INPUT', `Invalid value ${wire} for parameter 'status' supplied.`);
        const name = input.text('run_name') || undefined;
        const endedAt = instantOf(input, 'end_time');
        await experiments.logToRun(ctx, {
          runId,
          ...(name === undefined ? {} : { tags: { [nameTag]: name } }),
          update: (run) => ({
            ...run,
            status: status ?? run.status,
            name: name ?? run.name,
            endedAt: endedAt ?? run.endedAt,
          }),
        });
        const run = await experiments.getRun(ctx, runId);
        return { run_info: (await shown(ctx, run)).info };
      },
    },
    {
      method: 'POST',
      path: '/runs/delete',
      permission: 'run:write',
      async handle(input, ctx) {
        await experiments.setRunDeleted(ctx, runIdOf(input), true);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/restore',
      permission: 'run:write',
      async handle(input, ctx) {
        await experiments.setRunDeleted(ctx, runIdOf(input), false);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/log-metric',
      permission: 'run:write',
      async handle(input, ctx) {
        const runId = runIdOf(input);
        await experiments.logToRun(ctx, { runId, ...metricsOf([input]) });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/log-parameter',
      permission: 'run:write',
      async handle(input, ctx) {
        const runId = runIdOf(input);
        const parameters = Object.fromEntries([parameterOf(input)]);
        await experiments.logToRun(ctx, { runId, parameters }).catch((error: unknown) => {
          throw asOneParameter(error);
        });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/set-tag',
      permission: 'run:write',
      async handle(input, ctx) {
        await logTags(ctx, runIdOf(input), [tagOf(input)]);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/delete-tag',
      permission: 'run:write',
      async handle(input, ctx) {
        const key = input.requiredText('key');
        await experiments.deleteRunTag(ctx, runIdOf(input), key, columnsWithout[key]);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/log-batch',
      permission: 'run:write',
      async handle(input, ctx) {
        const runId = checkRunId(runIdOf(input));
        const [metrics, params, tags] = (['metrics', 'params', 'tags'] as const).map((name) =>
          input.messages(name),
        ) as [Fields[], Fields[], Fields[]];
        checkBatch({ metrics: metrics.length, params: params.length, tags: tags.length });
        const more = { ...metricsOf(metrics), parameters: uniqueEntries('param', params.map(parameterOf)) };
        await logTags(ctx, runId, tags.map(tagOf), more);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/search',
      permission: 'run:read',
      async handle(input, ctx, { reply }) {
        const { limit, cursor } = pageOptions(input, { max: 50_000, initial: 1000 });
        const ids = input.texts('experiment_ids');
        const page = await experiments.findRuns(ctx, {
          experiments: ids.map(experimentNumberOf),
          filter: readMlflowFilter('runs', input.text('filter') ?? '', { toId: runIdFromWire }),
          order: readMlflowOrder('runs', input.texts('order_by')),
          view: viewOf(input.word('run_view_type')),
          limit,
          cursor,
        });
        const runs = await texts(ctx, page.items);
        const last = page.nextCursor === null ? '' : `"next_page_token":${JSON.stringify(page.nextCursor)}`;
        return sendTexts(reply, runs.length === 0 ? null : 'runs', runs, last);
      },
    },
  ];
};

/** Errors: NOT_FOUND, INVALID_INPUT for one in the trash. */
const checkOpen = async (experiments: ExperimentsService, ctx: Ctx, id: string): Promise<void> => {
  const { number, deletedAt } = await experimentOf(experiments, ctx, id);
  if (deletedAt !== null)
    fail('INVALID_INPUT', `The experiment ${number} must be in the 'active' state. Current state is deleted.`);
};

/** A parent that is not here is still the tag its client set, but no parent of ours. */
const knownParent = async (
  experiments: ExperimentsService,
  ctx: Ctx,
  wire: string | undefined,
): Promise<string | undefined> => {
  if (wire === undefined) return undefined;
  const id = runIdFromWire(wire);
  return (await experiments.runExists(ctx, id)) ? id : undefined;
};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { analysis } from '#analysis';
import { data } from '#data';
import { evaluation } from '#evaluation';
import { experiments } from '#experiments';
import { governance } from '#governance';
import { lineage } from '#lineage';
import { monitoring } from '#monitoring';
import { notifications } from '#notifications';
import { pipelines, registerDataSteps } from '#pipelines';
import { systemActor } from '#platform/auth';
import type { Clock } from '#platform/clock';
import type { Config } from '#platform/config';
import { createPlatform, type Platform, startPlatform, stopPlatform } from '#platform/core';
import { type Database, lockFolder } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import { type Api, createHttp, isLoopbackAddress } from '#platform/http';
import type { Log } from '#platform/log';
import type { ModuleDefinition } from '#platform/module';
import { serveSystem } from '#platform/system';
import { version } from '#platform/version';
import { registry } from '#registry';
import { reproduction } from '#reproduction';
import { reports } from '#reports';
import { serving } from '#serving';
import { type TrainingService, training } from '#training';
import { importers, type ImportFormat, type ImportOptions, type ImportResult, mlflow, openInference } from '#protocols';

// The demo scores rows with the models it compares.
export { type ScoredModel, tableFromRows } from '#training';
export type { ImportFormat } from '#protocols';
export { unpackExport } from '#analysis';

export interface App {
  platform: Platform;
  api: Api;
  training: TrainingService;
  /** Reads what another program kept into a project, on behalf of whoever may use this data folder. Nobody is told of it. */
  importFrom(format: ImportFormat, project: string, options: ImportOptions): Promise<ImportResult>;
  /** Starts background work only. */
  start(): void;
  /** Starts background work and listens. Answers the address. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export interface AppOptions {
  config: Config;
  log: Log;
  clock?: Clock;
  database?: Database;
  /** Tests check every answer against the contract. */
  checkReplies?: boolean;
  staticDir?: string | null;
}

const consoleDir = join(import.meta.dirname, '..', 'static');

/** The composition root: the only file that names every module, in the order of the life cycle. */
export const createApp = async (options: AppOptions): Promise<App> => {
  const lock = lockFolder(options.config.dataDir);
  // In the order in which they are undone.
  const closing: (() => Promise<void>)[] = [async () => lock.release()];
  const close = async (): Promise<void> => {
    for (const undo of closing.splice(0)) await undo();
  };
  try {
    return await compose(options, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
};

const compose = async (
  options: AppOptions,
  closing: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<App> => {
  const { config, log } = options;
  const platform = await createPlatform(options);
  closing.unshift(() => stopPlatform(platform));
  if (!isLoopbackAddress(config.host) && !(await platform.auth.hasAdmin()))
    fail(
      'CONFLICT',
      `Refusing to listen on ${config.host} without an account: everybody who reaches the port would be a stranger or the owner. Create an admin first: millwright users create-admin NAME`,
    );
  if ((await platform.auth.findProject('default')) === null)
    await platform.auth
      .createProject(systemActor('setup'), { name: 'default', title: 'Default' }, 'setup')
      .catch((error: unknown) => {
        // Another server that starts on the same new database at the same moment was first.
        if (!isMillwrightError(error) || error.code !== 'NAME_TAKEN') throw error;
      });
  const api = await createHttp({
    host: config.host,
    publicHosts: config.publicHosts,
    maxBodyBytes: config.maxBodyBytes,
    maxUploadBytes: config.maxUploadBytes,
    version,
    auth: platform.auth,
    metrics: platform.metrics,
    log,
    staticDir: options.staticDir === undefined ? (existsSync(consoleDir) ? consoleDir : null) : options.staticDir,
    checkReplies: options.checkReplies ?? false,
  });

  const add = <Deps, Service>(module: ModuleDefinition<Deps, Service>, deps: Deps): Service => {
    const service = module.create(platform, deps);
    module.routes?.(api, service);
    module.jobs?.(platform, service);
    if (module.close) closing.unshift(() => module.close?.(service) ?? Promise.resolve());
    return service;
  };
  const made = { lineage: add(lineage, {}) };
  const withData = { ...made, data: add(data, made) };
  const withRuns = { ...withData, experiments: add(experiments, withData) };
  const withPipelines = { ...withRuns, pipelines: add(pipelines, withRuns) };
  registerDataSteps(withPipelines.pipelines, withPipelines.data);
  const withTraining = { ...withPipelines, training: add(training, withPipelines) };
  add(reproduction, withTraining);
  const withEvaluation = { ...withTraining, evaluation: add(evaluation, withTraining) };
  const withRegistry = { ...withEvaluation, registry: add(registry, withEvaluation) };
  add(analysis, {});
  const withServing = { ...withRegistry, serving: add(serving, withRegistry) };
  add(monitoring, withServing);
  add(governance, {});
  add(reports, withServing);
  const withNotifications = { ...withServing, notifications: add(notifications, withServing) };
  openInference(api, withServing.serving, { version, log });
  mlflow(api, { ...platform, services: withNotifications });
  serveSystem(api, platform, version, { beforeBackup: () => withServing.serving.flushCaptured() });

  return {
    platform,
    api,
    training: withTraining.training,
    async importFrom(format, project, importOptions) {
      platform.events.silence();
      const ctx = { actor: systemActor('import'), project, requestId: 'import' };
      return importers[format]({ ...withRegistry, tempDir: join(config.dataDir, 'tmp') }, ctx, importOptions);
    },
    start: () => startPlatform(platform),
    async listen() {
      const address = await api.app.listen({ host: config.host, port: config.port });
      platform.address = address;
      // Only who has the port takes jobs.
      startPlatform(platform);
      return address;
    },
    async close() {
      await api.app.close();
      // Jobs use the modules: they end first.
      platform.scheduler.stop();
      await platform.jobs.stop();
      await close();
    },
  };
};

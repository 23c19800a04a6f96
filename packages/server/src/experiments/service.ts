import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import type { Platform } from '#platform/core';
import { type Artifacts, createArtifacts } from './artifacts/service.ts';
import { type Catalog, createCatalog } from './catalog.ts';
import { createFolders, type Folders } from './folders/service.ts';
import { createInputs, type Inputs } from './inputs/service.ts';
import { datasetLabels } from './inputs/store.ts';
import { createLoggedModels, type LoggedModels } from './logged-models/service.ts';
import { modelLabels } from './logged-models/store.ts';
import { createBestFinder, createMeanings, type Meanings } from './metrics/meanings/service.ts';
import { createMetrics, type Metrics } from './metrics/service.ts';
import { runPoints, runRelations } from './relations/store.ts';
import { createRuns, type Runs } from './runs/service.ts';
import { runLabels } from './runs/store.ts';
import { createBulk, type Bulk } from './runs/bulk.ts';
import { createCopying } from './runs/copying/service.ts';
import { copiedNow } from './runs/copying/store.ts';
import { createMoving } from './runs/moving/service.ts';
import { createRunWriter } from './runs/writer.ts';
import { registerJobs } from './jobs.ts';
import { createUploads, type Uploads } from './uploads/service.ts';
import { createViews, type Views } from './views/service.ts';
import { createTrash, type Trash } from './trash/service.ts';
import { createTried, type TriedRuns } from './tried/service.ts';
import { type AttributionOfMetrics, createAttribution } from './attribution/service.ts';

export interface ExperimentsDeps {
  lineage: LineageService;
  data: DataService;
}

/** Errors of everything that takes an id or a name: NOT_FOUND. */
export type ExperimentsService = Catalog &
  Runs &
  Metrics &
  Artifacts &
  Uploads &
  Inputs &
  LoggedModels &
  Trash &
  Bulk &
  Meanings &
  Folders &
  Views &
  TriedRuns &
  AttributionOfMetrics;

export const createExperiments = (platform: Platform, deps: ExperimentsDeps): ExperimentsService => {
  const { db } = platform.database;
  deps.lineage.registerLabels('run', (project, ids) => runLabels(db, project, ids));
  deps.lineage.registerLabels('input-dataset', (project, ids) => datasetLabels(db, project, ids));
  deps.lineage.registerLabels('logged-model', (project, ids) => modelLabels(db, project, ids));
  platform.contents.declare({ table: 'artifacts', column: 'digest' });
  platform.relations.declare(runRelations);
  platform.relations.declarePoints(runPoints);
  const catalog = createCatalog(platform);
  const write = createRunWriter(platform, deps.lineage);
  const runs = createRuns(platform, { ...deps, catalog, write, findBest: createBestFinder(platform) });
  const trash = createTrash(platform, { catalog });
  trash.registerKeeper(
    async (tx, ids) => new Map((await copiedNow(tx, ids)).map((id) => [id, `the run '${id}' is being copied.`])),
  );
  const placed = { lineage: deps.lineage, catalog };
  const tried = createTried(platform, { ...deps, catalog, runs });
  const service = {
    ...catalog,
    ...tried,
    ...createAttribution(platform, { runs, tried }),
    ...runs,
    ...createMetrics(platform, { write }),
    ...createMeanings(platform),
    ...createFolders(platform),
    ...createViews(platform),
    ...createArtifacts(platform),
    ...createUploads(platform),
    ...createInputs(platform, deps),
    ...createLoggedModels(platform, deps),
    ...trash,
    ...createBulk(platform, {
      write,
      runs,
      trash,
      moving: createMoving(platform, placed),
      copying: createCopying(platform, placed),
    }),
  };
  registerJobs(platform, deps, service);
  return service;
};

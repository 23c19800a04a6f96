import type { Dataset, DatasetVersion, Run } from '@millwright/contract';
import type { DataService, NewDataset } from '#data';
import type { ExperimentsService, NewMetricPoint, NewRun } from '#experiments';
import type { Ctx } from '#platform/auth';

let made = 0;

/** A table as CSV: card payments, half of them from Germany. */
export const aCsv = (options: { rows?: number; firstAmount?: number } = {}): string => {
  const { rows = 120, firstAmount = 0 } = options;
  const lines = Array.from({ length: rows }, (_, row) => {
    const at = new Date(Date.UTC(2026, 0, 1) + row * 60_000).toISOString();
    return `${at},${firstAmount + row},${row % 2 === 0 ? 'FR' : 'DE'},${row % 10 === 0}`;
  });
  return `at,amount,country,fraud\n${lines.join('\n')}\n`;
};

export const aDataset = (data: DataService, ctx: Ctx, input: Partial<NewDataset> = {}): Promise<Dataset> =>
  data.createDataset(ctx, { name: `dataset-${++made}`, ...input });

/** A version of the data set, which is made when none is given. */
export const aDatasetVersion = async (
  data: DataService,
  ctx: Ctx,
  input: { dataset?: string; csv?: string } = {},
): Promise<DatasetVersion> => {
  const dataset = input.dataset ?? (await aDataset(data, ctx)).name;
  const stream = (async function* () {
    yield Buffer.from(input.csv ?? aCsv());
  })();
  return data.upload(ctx, dataset, { stream, mediaType: 'text/csv' });
};

/** A run, in an experiment of its own when none is given, with the metrics given and still running. */
export const aRun = async (
  experiments: ExperimentsService,
  ctx: Ctx,
  input: Partial<NewRun> & { metrics?: readonly NewMetricPoint[] } = {},
): Promise<Run> => {
  const { metrics = [], ...run } = input;
  const experiment = input.experiment ?? (await experiments.ensureExperiment(ctx, `experiment-${++made}`)).name;
  const { id } = await experiments.startRun(ctx, { ...run, experiment });
  if (metrics.length > 0) await experiments.logMetrics(ctx, id, metrics);
  return experiments.getRun(ctx, id);
};

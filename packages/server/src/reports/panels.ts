import {
  type ChosenRuns,
  mediaItems,
  type Panel,
  type PanelData,
  type Run,
  type ShownMedia,
} from '@millwright/contract';
import type { DataService } from '#data';
import type { EvaluationService } from '#evaluation';
import type { ExperimentsService } from '#experiments';
import { authorize, type Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import { imageTypeOf } from './image-type.ts';

export interface PanelSources {
  experiments: ExperimentsService;
  data: DataService;
  evaluation: EvaluationService;
  registry: RegistryService;
}

export interface Panels {
  /**
   * What a panel shows now, as far as the caller may read it. `frozen`: with the points of curves, which a live panel
   * follows by itself.
   */
  readPanel(ctx: Ctx, panel: Panel, options?: { frozen?: boolean }): Promise<PanelData>;
}

const runsByDefault = 10;
/** Of one curve in a frozen copy: as many as a chart is wide, and enough to keep every spike. */
const pointsOfCurve = 400;
const imageBytesAtMost = 2_000_000;
const textBytesAtMost = 500_000;
/** Of all media of one panel together. */
const mediaBytesAtMost = 8_000_000;
const mediaRunsAtMost = 12;

/** A comma in a key would end it. */
const keysText = (paths: readonly string[]): string =>
  paths.map((path) => path.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');

/** Which values of its runs a panel shows. */
const pathsOf = (panel: Panel): readonly string[] => {
  if (panel.kind === 'table') return panel.columns;
  if (panel.kind === 'parallel') return panel.axes;
  if (panel.kind === 'comparison') return [panel.groupBy, `metrics.${panel.metric}`];
  if (panel.kind === 'distribution') return [`metrics.${panel.metric}`];
  return panel.kind === 'curves' ? panel.metrics.map((metric) => `metrics.${metric}`) : [];
};

export const createPanels = ({ blobs }: Platform, sources: PanelSources): Panels => {
  const { experiments, data, evaluation, registry } = sources;

  const chosenRuns = async (ctx: Ctx, chosen: ChosenRuns, keys: string): Promise<{ runs: Run[]; total: number }> => {
    const { ids, experiment, filter, order, limit = runsByDefault } = chosen;
    if (ids) {
      if (ids.length === 0) return { runs: [], total: 0 };
      const named = `id in (${ids.map((id) => `"${id}"`).join(',')})`;
      const { items } = await experiments.listRuns(ctx, { filter: named, view: 'all', limit: ids.length, keys });
      const found = new Map(items.map((run) => [run.id, run]));
      return { runs: ids.flatMap((id) => found.get(id) ?? []), total: ids.length };
    }
    const selection = { experiment, filter };
    const { items } = await experiments.listRuns(ctx, { ...selection, order, limit, keys });
    const total = items.length < limit ? items.length : await experiments.countRuns(ctx, selection);
    return { runs: items, total };
  };

  const bytesOf = async (digest: string): Promise<Buffer> =>
    Buffer.concat(await (await blobs.get(digest)).stream.toArray());

  const image = async (ctx: Ctx, run: string, path: string): Promise<PanelData> => {
    const { digest, sizeBytes } = await experiments.findArtifact(ctx, run, path);
    if (sizeBytes > imageBytesAtMost)
      fail('CONFLICT', `The image '${path}' has ${sizeBytes} bytes; in a report it may have ${imageBytesAtMost}.`);
    const bytes = await bytesOf(digest);
    // By its bytes and not by its name: what is shown is an image and nothing else.
    const mediaType = imageTypeOf(bytes) ?? fail('CONFLICT', `'${path}' is no PNG, JPEG, GIF or WebP image.`);
    return { kind: 'image', mediaType, digest, base64: bytes.toString('base64') };
  };

  /** One thing a run logged, or why it is left out. */
  const shown = async (
    artifact: { path: string; digest: string; sizeBytes: number },
    wanted: 'image' | 'table' | 'text',
    room: number,
    of: Pick<ShownMedia, 'runId' | 'runName' | 'step'>,
  ): Promise<ShownMedia> => {
    const { path, digest, sizeBytes } = artifact;
    const about = { ...of, path, digest };
    const atMost = Math.min(room, wanted === 'image' ? imageBytesAtMost : textBytesAtMost);
    if (sizeBytes > atMost)
      return { ...about, kind: 'left-out', reason: `Its ${sizeBytes} bytes are too many for a report.` };
    const bytes = await bytesOf(digest);
    if (wanted !== 'image') return { ...about, kind: wanted, text: bytes.toString('utf8') };
    const mediaType = imageTypeOf(bytes);
    return mediaType === null
      ? { ...about, kind: 'left-out', reason: 'It is no PNG, JPEG, GIF or WebP image.' }
      : { ...about, kind: 'image', mediaType, base64: bytes.toString('base64') };
  };

  const media = async (ctx: Ctx, panel: Extract<Panel, { kind: 'media' }>): Promise<PanelData> => {
    // The tag that names the tables of MLflow's clients.
    const { runs } = await chosenRuns(ctx, panel.runs, keysText(['tags.mlflow.loggedArtifacts']));
    const some = runs.slice(0, mediaRunsAtMost);
    const items: ShownMedia[] = [];
    let room = mediaBytesAtMost;
    for (const { id, name, tags } of some) {
      const logged = mediaItems(await experiments.listArtifacts(ctx, id), tags);
      const steps = logged.find((item) => item.kind === panel.media && item.name === panel.name)?.steps ?? [];
      const found = panel.step === undefined ? steps.at(-1) : steps.findLast(({ step }) => step === panel.step);
      if (!found) continue;
      const one = await shown(found.artifact, panel.media, room, { runId: id, runName: name, step: found.step });
      if (one.kind !== 'left-out') room -= found.artifact.sizeBytes;
      items.push(one);
    }
    return { kind: 'media', items, runs: some.length };
  };

  const read = async (ctx: Ctx, panel: Panel, frozen: boolean): Promise<PanelData> => {
    switch (panel.kind) {
      case 'image':
        return image(ctx, panel.run, panel.path);
      case 'media':
        return media(ctx, panel);
      case 'model-version':
        authorize(ctx, 'model:read');
        return { kind: 'model-version', version: await registry.findVersion(ctx, panel.version) };
      case 'dataset-version': {
        authorize(ctx, 'data:read');
        const { profile: _profile, checkResults: _results, ...version } = await data.findVersion(ctx, panel.version);
        return { kind: 'dataset-version', version };
      }
      case 'gate':
        authorize(ctx, 'evaluation:read');
        return { kind: 'gate', evaluation: await evaluation.getEvaluation(ctx, panel.evaluation) };
      default: {
        const chosen = await chosenRuns(ctx, panel.runs, keysText(pathsOf(panel)));
        if (panel.kind !== 'curves' || !frozen) return { kind: 'runs', ...chosen };
        const runs = chosen.runs.map((run) => run.id);
        const histories =
          runs.length === 0
            ? []
            : await experiments.metricHistories(ctx, { runs, keys: panel.metrics, limit: pointsOfCurve });
        const curves = histories.map(({ runId, key, total, points }) => ({ runId, key, total, points }));
        return { kind: 'runs', ...chosen, curves };
      }
    }
  };

  return {
    async readPanel(ctx, panel, { frozen = false } = {}) {
      try {
        return await read(ctx, panel, frozen);
      } catch (error) {
        // One thing that is gone must not keep the others from being read.
        if (isMillwrightError(error) && error.status < 500) return { kind: 'missing', reason: error.message };
        throw error;
      }
    },
  };
};

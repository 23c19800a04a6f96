import { arch, availableParallelism, cpus, hostname, release, totalmem, type as osType } from 'node:os';
import { type RunHost, runFiles, runTags } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import { version } from '#platform/version';

/** What training code tells of itself over MLflow's wire, of a run that this server trains: its code is this version. */
export const contextTags = (seed: number): Record<string, string> => ({
  [runTags.platform]: version,
  [runTags.seeds]: JSON.stringify({ training: seed }),
});

const hostFacts = (): RunHost => ({
  hostname: hostname(),
  os: `${osType()} ${release()}`,
  architecture: arch(),
  runtime: `Node.js ${process.versions.node}`,
  cpu: { model: cpus()[0]?.model ?? '', count: availableParallelism(), limit: null },
  memoryBytes: totalmem(),
  memoryLimitBytes: process.constrainedMemory() || null,
  gpus: [],
});

export const putHost = async (experiments: ExperimentsService, ctx: Ctx, runId: string): Promise<void> => {
  const content = Buffer.from(JSON.stringify(hostFacts(), null, 2));
  await experiments.putArtifact(ctx, runId, runFiles.host, content, 'application/json');
};

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflowFolder, needs } from '../../../scripts/testing/needs.ts';
import { mlflowVersions } from '../environment.ts';
import { type MlflowServer, startMlflow } from '../mlflow-server.ts';
import { type OurServer, startOurs } from '../our-server.ts';
import { drive } from './drive.ts';
import { comparedEndpoints } from './endpoints.ts';
import { referencePage } from './reference-page.ts';
import { summary } from './report.ts';

const page = join(import.meta.dirname, '..', '..', '..', 'docs', 'reference', 'mlflow.md');
const seeds = [1, 2];
const requestsPerSeed = 2600;

needs('mlflow')('the same requests to the real MLflow server and to ours', { timeout: 600_000 }, () => {
  let theirs: MlflowServer | undefined;
  let ours: OurServer | undefined;
  const driven = new Set<string>();

  beforeAll(async () => {
    [theirs, ours] = await Promise.all([startMlflow({ folder: mlflowFolder(), workers: 1 }), startOurs()]);
  });
  afterAll(async () => {
    await Promise.all([theirs?.stop(), ours?.stop()]);
  });

  it.each(seeds)('are answered the same but for what the reference names (seed %i)', async (seed) => {
    const addresses = { theirs: theirs?.address ?? '', ours: ours?.address ?? '' };
    const report = await drive({ addresses, seed, requests: requestsPerSeed });
    for (const endpoint of report.byEndpoint.keys()) driven.add(endpoint);
    expect(report.requests).toBeGreaterThanOrEqual(requestsPerSeed);
    expect(report.found.length, summary(report)).toBe(0);
  });

  it('reach every endpoint the reference names', () => {
    expect(
      Object.values(comparedEndpoints)
        .flat()
        .filter((endpoint) => !driven.has(endpoint)),
    ).toEqual([]);
  });
});

describe('the reference', () => {
  it('mlflow.md says what is compared and what differs (bring it up to date with vitest -u)', async () => {
    await expect(referencePage(mlflowVersions)).toMatchFileSnapshot(page);
  });
});

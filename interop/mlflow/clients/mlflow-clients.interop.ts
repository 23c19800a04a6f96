import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflowFolder, needs, torchFolder } from '../../../scripts/testing/needs.ts';
import { mlflowVersions } from '../environment.ts';
import { type OurServer, startOurs } from '../our-server.ts';
import { flows, flowsOfOurPackage, flowsOfTorch, runFlow } from './run-flow.ts';
import { startOnPostgresAndS3 } from './storage.ts';

const withinMs = 900_000;
const [newest = ''] = mlflowVersions;

/** These flows with every client against one server. */
const everyFlow = (
  named: readonly string[],
  start: () => Promise<OurServer>,
  pythonIn: () => string = mlflowFolder,
): void => {
  let server: OurServer | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  it.concurrent.for(mlflowVersions.flatMap((version) => named.map((flow) => [flow, version] as const)))(
    '%s with the client %s',
    { timeout: withinMs },
    async ([flow, version]) => {
      const address = server?.address ?? '';
      const result = await runFlow({ folder: mlflowFolder(), version, flow, address, pythonIn: pythonIn() });
      expect(result.code, result.output).toBe(0);
    },
  );
};

needs('mlflow')('MLflow’s clients on embedded storage', () => everyFlow(flows, startOurs));

needs(
  'mlflow',
  'postgres',
  's3',
)('MLflow’s clients on PostgreSQL and S3', () => everyFlow(flows, startOnPostgresAndS3));

needs('mlflow', 'torch')('MLflow’s clients with PyTorch on embedded storage', () =>
  everyFlow(flowsOfTorch, startOurs, torchFolder),
);

needs(
  'mlflow',
  'torch',
  'postgres',
  's3',
)('MLflow’s clients with PyTorch on PostgreSQL and S3', () =>
  everyFlow(flowsOfTorch, startOnPostgresAndS3, torchFolder),
);

needs('mlflow')('whom MLflow’s clients are', { timeout: withinMs }, () => {
  let server: OurServer | undefined;
  const password = 'correct horse battery';
  const flow = (name: string, env: Record<string, string>) =>
    runFlow({ folder: mlflowFolder(), version: newest, flow: name, address: server?.address ?? '', env });
  const asOwner = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server?.address}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status, path).toBe(201);
    return (await response.json()) as Record<string, unknown>;
  };
  const tokenOf = async (name: string, role: string): Promise<string> => {
    await asOwner('/service-accounts', { name });
    await asOwner('/grants', { principal: name, role, project: 'default' });
    return String((await asOwner('/tokens', { name: 'training', principal: name }))['secret']);
  };

  beforeAll(async () => {
    server = await startOurs();
  });
  afterAll(() => server?.stop());

  it.each(mlflowVersions)('log in with a token as the password of a user (client %s)', async (version) => {
    const token = await tokenOf(`trainer-${version}`, 'editor');
    const env = { MLFLOW_TRACKING_USERNAME: `trainer-${version}`, MLFLOW_TRACKING_PASSWORD: token, EXPECT: 'accepted' };
    const { code, output } = await runFlow({
      folder: mlflowFolder(),
      version,
      flow: 'sign_in',
      address: server?.address ?? '',
      env,
    });
    expect(code, output).toBe(0);
  });

  it('log in with a token alone', async () => {
    const { code, output } = await flow('sign_in', {
      MLFLOW_TRACKING_TOKEN: await tokenOf('by-token', 'editor'),
      EXPECT: 'accepted',
    });
    expect(code, output).toBe(0);
  });

  it('are refused with a wrong password', async () => {
    const env = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: password, EXPECT: 'refused' };
    const { code, output } = await flow('sign_in', env);
    expect(code, output).toBe(0);
  });

  it('are refused what their role does not allow', async () => {
    const env = { MLFLOW_TRACKING_TOKEN: await tokenOf('reader', 'viewer'), EXPECT: 'refused' };
    const { code, output } = await flow('sign_in', env);
    expect(code, output).toBe(0);
  });

  it.each(mlflowVersions)('see a project of ours as a workspace (client %s)', async (version) => {
    const projects = ['one', 'two'].map((name) => `${name}-${version.replaceAll('.', '-')}`);
    for (const name of projects) await asOwner('/projects', { name });
    const env = { WORKSPACES: projects.join(',') };
    const { code, output } = await runFlow({
      folder: mlflowFolder(),
      version,
      flow: 'workspaces',
      address: server?.address ?? '',
      env,
    });
    expect(code, output).toBe(0);
  });
});

describe('the flows', () => {
  it('are those of the folder', async () => {
    const { readdirSync } = await import('node:fs');
    const { join } = await import('node:path');
    const files = readdirSync(join(import.meta.dirname, 'flows')).map((name) => name.replace('.py', ''));
    expect(files.toSorted()).toEqual(
      [
        ...flows,
        ...flowsOfOurPackage,
        ...flowsOfTorch,
        'names',
        'registry_gates',
        'sign_in',
        'tried_before',
        'workspaces',
      ].toSorted(),
    );
  });
});

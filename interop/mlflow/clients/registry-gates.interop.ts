import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { mlflowFolder, needs } from '../../../scripts/testing/needs.ts';
import { mlflowVersions } from '../environment.ts';
import { type OurServer, startOurs } from '../our-server.ts';
import { runFlow } from './run-flow.ts';

type Body = Record<string, unknown>;
interface Version {
  id: string;
  number: number;
  approval: { state: string; by: string | null };
  tests: { state: string } | null;
}

needs('mlflow')('registering through MLflow’s clients', () => {
  let server: OurServer;
  /** By the path it came to: every channel is told of every model. */
  const received: { path: string; body: Body }[] = [];
  const hook = createServer(async (request, reply) => {
    received.push({ path: request.url ?? '', body: JSON.parse(await text(request)) as Body });
    reply.end('ok');
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    server = await startOurs({ flags: ['--egress-allow', '127.0.0.1', '--allow-insecure-webhooks'] });
  });
  afterAll(async () => {
    hook.closeAllConnections();
    hook.close();
    await server?.stop();
  });
  const asOwner = async <T = Body>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${server.address}/api/v1${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json()) as T;
    expect(response.ok, JSON.stringify(answer)).toBe(true);
    return answer;
  };

  it.each(mlflowVersions)(
    'runs tests, asks for approvals, tells webhooks and downloads what was registered (client %s)',
    { timeout: 600_000 },
    async (version) => {
      const name = `churn-${version.replaceAll('.', '-')}`;
      const model = `/projects/default/models/${name}`;
      await asOwner('POST', '/service-accounts', { name: `trainer-${name}` });
      await asOwner('POST', '/grants', { principal: `trainer-${name}`, role: 'editor', project: 'default' });
      const token = await asOwner('POST', '/tokens', { name: 'training', principal: `trainer-${name}` });
      await asOwner('POST', '/projects/default/models', { name, approval: 'none' });
      await asOwner('PUT', `${model}/policy`, {
        approvals: [],
        requestDays: 14,
        protections: [
          { kind: 'alias', pattern: 'prod', role: 'admin', approvedOnly: true },
          { kind: 'stage', pattern: 'Production', role: 'approver', approvedOnly: true },
        ],
      });
      await asOwner('PUT', `${model}/contract-tests`, {
        basedOn: 0,
        tests: [
          {
            name: 'columns',
            kind: 'signature',
            inputs: [
              { name: 'amount', type: 'number' },
              { name: 'tenure', type: 'number' },
            ],
          },
          { name: 'files', kind: 'files', paths: ['MLmodel', 'requirements.txt'] },
          {
            name: 'golden',
            kind: 'examples',
            weight: 'where-executable',
            examples: [{ inputs: { amount: 1, tenure: 1 }, outputs: { label: 1 } }],
          },
        ],
      });
      const { port } = hook.address() as AddressInfo;
      await asOwner('POST', '/projects/default/channels', {
        name: `hook-${name}`,
        kind: 'webhook',
        url: `http://127.0.0.1:${port}/${name}`,
        conditions: [{ topic: 'version-created' }, { topic: 'tests-red' }, { topic: 'tests-green' }],
      });
      const { code, output } = await runFlow({
        folder: mlflowFolder(),
        version,
        flow: 'registry_gates',
        address: server.address,
        env: { MLFLOW_TRACKING_TOKEN: String(token['secret']), MODEL: name },
      });
      expect(code, output).toBe(0);
      await vi.waitFor(
        async () => {
          const { items } = await asOwner<{ items: Version[] }>('GET', `${model}/versions`);
          expect(items.map(({ number, tests, approval }) => [number, tests?.state, approval.state])).toEqual([
            [2, 'red', 'pending'],
            [1, 'green', 'approved'],
          ]);
          const topics = received
            .filter(({ path, body }) => path === `/${name}` && JSON.stringify(body).includes(name))
            .map(({ body }) => body['topic']);
          expect(topics.toSorted()).toEqual(['tests-green', 'tests-red', 'version-created', 'version-created']);
        },
        { timeout: 60_000, interval: 500 },
      );
      const { items } = await asOwner<{ items: Version[] }>('GET', `${model}/versions`);
      const contents = await asOwner('GET', `/projects/default/model-versions/${items[0]?.id}/files`);
      expect(contents).toMatchObject({
        problem: null,
        interface: {
          inputs: ['amount', 'tenure', 'age'].map((column) => ({ name: column, type: 'double', required: true })),
        },
      });
      expect(contents['flavours']).toContain('sklearn');
      expect(/^DIGEST: (.*)$/m.exec(output)?.[1]).toBe(contents['digest']);
    },
  );
});

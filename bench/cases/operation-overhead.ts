import Fastify from 'fastify';
import type { Case } from '../case.ts';
import { load } from '../load.ts';
import { startServer } from '../server-process.ts';

const seconds = 5;
const connections = 32;

/** The same small answer from bare Fastify and from one of our operations, with its guard, validation and metrics. */
export const operationOverhead: Case = {
  name: 'operation',
  async run(say) {
    const { spawn } = await import('node:child_process');
    say('bare Fastify');
    const bare = spawn(process.execPath, [import.meta.filename, 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise<string>((resolve) =>
      bare.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    const peer = await load({ url, connections, seconds });
    bare.kill();
    const server = await startServer();
    say('one operation, nobody to recognise');
    const open = await load({ url: `${server.address}/api/v1/health`, connections, seconds });
    say('one operation, recognised and permitted, from the database');
    const read = await load({ url: `${server.address}/api/v1/projects/default`, connections, seconds });
    await server.stop();
    const beside = { name: 'bare Fastify', value: peer.requestsPerSecond, kind: 'peer' as const };
    return [
      { name: 'getHealth, 32 connections', value: open.requestsPerSecond, unit: 'requests/s', against: beside },
      { name: 'getProject, 32 connections', value: read.requestsPerSecond, unit: 'requests/s', against: beside },
    ];
  },
};

if (process.argv[2] === 'serve' && process.argv[1] === import.meta.filename) {
  const app = Fastify();
  app.get('/', async () => ({ status: 'ok', version: '0.1.0' }));
  process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
}

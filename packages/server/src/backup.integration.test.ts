import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { restoreBackup } from '#platform/system';
import { aDataDir, aProcess, type ServerProcess } from './testing/process.ts';
import {
  aCaller,
  aServedModel,
  captured,
  classOf,
  done,
  endpoint,
  isIntact,
  labelled,
  paymentRequest,
  predicted,
  project,
  ready,
  settled,
} from './testing/small-loop.ts';

const folders: ReturnType<typeof aDataDir>[] = [];
const servers: ServerProcess[] = [];
const aFolder = () => {
  const folder = aDataDir();
  folders.push(folder);
  return folder.path;
};
const start = async (dataDir: string, flags: string[] = []) => {
  const server = await aProcess({ dataDir, flags: ['--log-level', 'error', ...flags] });
  servers.push(server);
  return { server, call: aCaller(server.address) };
};
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  for (const folder of folders) folder.remove();
});

it('a restored instance has all that the backup saw, answers the same, and its audit chain holds', async () => {
  // Captured predictions are still in the journal when the backup begins.
  const first = await start(aFolder(), ['--capture-flush-ms', '3600000']);
  await aServedModel(first.call);
  await ready(first.call);
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) ids.push((await predicted(first.call, n)).id);
  await labelled(first.call, [{ predictionId: ids[3] ?? '', value: classOf(3, 300) }]);
  const outputs = async (call: typeof first.call) =>
    Promise.all(
      [5, 250, 620, 999].map(async (n) => (await done(call('POST', `${endpoint}/infer`, paymentRequest(n)))).outputs),
    );

  const response = await fetch(`${first.server.address}/api/v1/backup`, { method: 'POST' });
  expect(response.status).toBe(200);
  const archive = join(aFolder(), 'backup.tar');
  writeFileSync(archive, Buffer.from(await response.arrayBuffer()));
  // What comes later is not in it.
  await done(first.call('POST', `${project}/datasets`, { name: 'later' }));

  const restored = join(aFolder(), 'restored');
  expect((await restoreBackup(archive, restored)).blobs).toBeGreaterThan(2);
  const second = await start(restored);
  await ready(second.call);
  await settled(second.call, ids.length);
  expect((await captured(second.call)).map(({ id }) => id)).toEqual(ids);
  expect((await captured(second.call))[3]).toMatchObject({ label: classOf(3, 300) });
  expect(await outputs(second.call)).toEqual(await outputs(first.call));
  expect(await isIntact(second.call)).toBe(true);
  const names = async (call: typeof first.call) =>
    ((await done(call('GET', `${project}/datasets`))).items as { name: string }[]).map(({ name }) => name);
  expect(await names(second.call)).toEqual(['before']);
  // It goes on from there.
  await done(second.call('POST', `${project}/datasets`, { name: 'own' }));
  expect(await names(second.call)).toEqual(['own', 'before']);
  expect(await isIntact(second.call)).toBe(true);
});

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/environment/ports.mjs';
import { groupUse, type Use } from '../process-use.ts';

export interface Nginx {
  address: string;
  use(): Use;
  stop(): Promise<void>;
}

/** The plainest server of files there is: no digest, nothing flushed, no accounts; files go out by `sendfile`. */
export const startNginx = async (): Promise<Nginx> => {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-bench-nginx-'));
  const [port, config] = [await freePort(), join(folder, 'nginx.conf')];
  for (const part of ['files', 'arriving']) mkdirSync(join(folder, part));
  writeFileSync(
    config,
    `daemon off; pid ${folder}/pid; error_log ${folder}/errors; worker_processes 1;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events {}
    http {
      access_log off; sendfile on; client_max_body_size 0;
      client_body_temp_path ${folder}/arriving; client_body_buffer_size 1m;
      server { listen 127.0.0.1:${port}; root ${folder}/files;
        location / { dav_methods PUT DELETE; create_full_put_path on; } }
    }`,
  );
  const child = spawn('nginx', ['-e', join(folder, 'errors'), '-c', config], { detached: true, stdio: 'inherit' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const address = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(address).then(
      () => true,
      () => false,
    );
  for (let tries = 0; !(await isUp()); tries++) {
    if (child.exitCode !== null || tries > 100) throw new Error('nginx did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    address,
    use: () => groupUse(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

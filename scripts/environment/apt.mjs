import { existsSync } from 'node:fs';
import { findInPath } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { withProgress } from '../bootstrap/progress.mjs';

let listsUpdated;

/** Whether this process may install Debian packages. */
export const mayInstall = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && Boolean(findInPath('apt-get'));

/** Installs Debian packages (package lists are refreshed once per run). Resolves to undefined, or to apt's last lines. */
export function aptInstall(...packages) {
  return withProgress(`installing ${packages.join(', ')} (apt-get)`, async () => {
    listsUpdated ??= apt('update', '-qq');
    await listsUpdated;
    const { code, output } = await apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
    return code === 0 ? undefined : output.trim().split('\n').slice(-5).join('\n');
  });
}

const apt = (...args) =>
  capture('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });

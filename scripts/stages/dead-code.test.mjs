import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { at } from '../bootstrap/paths.mjs';
import { scriptOf } from '../bootstrap/runtime.mjs';

// A tool that reads no file reports no dead code either: the real settings must find what is planted here.
it('finds a planted unused file and a planted unused export with the settings of this repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-dead-code-'));
  const write = (path, text) => writeFileSync(join(folder, 'packages', 'server', path), text);
  mkdirSync(join(folder, 'packages/server/src/platform/clock'), { recursive: true });
  for (const file of ['package.json', 'knip.jsonc', 'packages/server/package.json'])
    copyFileSync(at(file), join(folder, file));
  symlinkSync(at('node_modules'), join(folder, 'node_modules'));
  write('src/main.ts', "import { now } from '#platform/clock';\nnow();\n");
  write('src/platform/clock/index.ts', 'export const now = () => 1;\nexport const plantedExport = () => 2;\n');
  write('src/planted-file.ts', 'export const x = 1;\n');
  const args = [scriptOf('knip'), '--no-config-hints', '--reporter', 'json', '--include', 'files,exports'];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  expect(status).toBe(1);
  expect(stdout).toContain('planted-file.ts');
  expect(stdout).toContain('plantedExport');
  expect(stdout).not.toContain('"now"');
});

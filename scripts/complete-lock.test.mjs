import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { missingEntries } from './complete-lock.mjs';

const lockPath = new URL('../package-lock.json', import.meta.url);

it('finds every optional platform package in the lock file, so that npm ci accepts it', () => {
  expect(missingEntries(JSON.parse(readFileSync(lockPath, 'utf8')))).toEqual({});
});

it('writes a missing platform package with the version and platform its parent names', () => {
  const parent = {
    version: '2.0.0',
    dev: true,
    optionalDependencies: { '@a/cli-linux-arm64-musl': '2.0.0', held: '1.0.0' },
  };
  const lock = { packages: { 'node_modules/@a/cli': parent, 'node_modules/held': { version: '1.0.0' } } };
  expect(missingEntries(lock)).toEqual({
    'node_modules/@a/cli-linux-arm64-musl': {
      version: '2.0.0',
      cpu: ['arm64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
  });
});

it('takes a package nested below its parent as present', () => {
  const parent = { optionalDependencies: { held: '1.0.0' } };
  const lock = { packages: { 'node_modules/a': parent, 'node_modules/a/node_modules/held': { version: '1.0.0' } } };
  expect(missingEntries(lock)).toEqual({});
});

it('writes no lock file that names where packages were downloaded from', () => {
  expect(readFileSync(lockPath, 'utf8')).not.toMatch(/"resolved": "https?:/);
});

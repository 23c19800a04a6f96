import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { needs, postgresUrl, reasonMissing } from './needs.ts';

beforeEach(() => {
  vi.stubEnv('CI', '');
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('runs the tests when the piece is there', () => {
  vi.stubEnv('MILLWRIGHT_TEST_POSTGRES_URL', 'postgres://127.0.0.1:1/x');
  expect(needs('postgres')).toBe(describe);
  expect(postgresUrl()).toBe('postgres://127.0.0.1:1/x');
});

it('skips the tests and shows the reason when the piece is missing', () => {
  vi.stubEnv('MILLWRIGHT_TEST_POSTGRES_URL', '');
  expect(needs('postgres')).not.toBe(describe);
  expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('skipped: PostgreSQL is not available'));
});

it('fails instead of skipping in CI', () => {
  vi.stubEnv('MILLWRIGHT_TEST_POSTGRES_URL', '');
  vi.stubEnv('CI', 'true');
  expect(() => needs('postgres')).toThrow('PostgreSQL is not available');
});

it('takes a program that does not exist as missing', () => {
  vi.stubEnv('MILLWRIGHT_TEST_CHROMIUM', '/nowhere/chromium');
  expect(reasonMissing('chromium')).toBe('Chromium is not at /nowhere/chromium');
});

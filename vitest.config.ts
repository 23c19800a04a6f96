import { defineConfig } from 'vitest/config';

// Which level a test belongs to follows from its file's name, so that `npm run check` can run the fast level alone.
const levels = {
  store: 'packages/*/src/**/*.store.test.ts',
  http: 'packages/*/src/**/*.http.test.ts',
  integration: 'packages/*/src/**/*.integration.test.ts',
};

const architecture = 'scripts/architecture/*.test.ts';

const shared = { environment: 'node', root: import.meta.dirname, exclude: ['**/node_modules/**', '**/dist/**'] };

export default defineConfig({
  test: {
    passWithNoTests: true,
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.{ts,mjs}'],
          exclude: [...shared.exclude, ...Object.values(levels), architecture],
          testTimeout: 60_000,
        },
      },
      { test: { ...shared, name: 'architecture', include: [architecture], testTimeout: 30_000 } },
      { test: { ...shared, name: 'store', include: [levels.store], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { ...shared, name: 'http', include: [levels.http], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          ...shared,
          name: 'integration',
          include: [levels.integration],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'interop',
          include: ['interop/**/*.interop.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});

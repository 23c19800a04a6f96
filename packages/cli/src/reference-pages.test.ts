import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiPage, commandsPage, configurationPage, errorsPage, permissionsPage } from './reference-pages.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'reference');
const pages = {
  'errors.md': errorsPage,
  'api.md': apiPage,
  'configuration.md': configurationPage,
  'cli.md': commandsPage,
  'permissions.md': permissionsPage,
};

describe('the reference', () => {
  it.each(Object.entries(pages))(
    '%s says what the code says (bring it up to date with vitest -u)',
    async (name, page) => {
      const path = join(folder, name);
      expect(existsSync(path), `${name} is missing`).toBe(true);
      await expect(page()).toMatchFileSnapshot(path);
    },
  );
});

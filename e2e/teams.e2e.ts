import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OurServer, startOurs } from '../interop/mlflow/our-server.ts';
import { needs } from '../scripts/testing/needs.ts';
import { launchBrowser } from './support/browser.ts';

needs('chromium')('teams', { timeout: 60_000 }, () => {
  let server: OurServer;
  let browser: Browser;
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.address}/api/v1${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    expect(response.ok, `${path}: ${response.status}`).toBe(true);
    return response.json() as Promise<{ items: unknown[] }>;
  };
  beforeAll(async () => {
    [server, browser] = await Promise.all([startOurs(), launchBrowser()]);
    await send('POST', '/users', { name: 'dora', password: 'correct horse battery' });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it.each(['light', 'dark'] as const)(
    'are made, given roles and members, and deleted, in the %s theme',
    async (theme) => {
      const context = await browser.newContext({
        baseURL: server.address,
        colorScheme: theme,
        viewport: { width: 1440, height: 900 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      const violations = async () => {
        const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
      };
      await page.goto('/p/default/governance/teams');
      await page.getByRole('button', { name: 'New team' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('research');
      expect(await violations()).toEqual([]);
      await dialog.getByRole('button', { name: 'Make team' }).click();
      await page.getByRole('row', { name: /research/ }).click();
      const peek = page.getByRole('complementary').filter({ hasText: 'Gives to all members' });
      await peek.getByLabel('Role').selectOption('editor');
      await peek.getByLabel('On', { exact: true }).fill('experiment/*');
      await peek.getByRole('button', { name: 'Give role' }).click();
      await peek.getByText('editor on experiment/*').waitFor();
      await peek.getByLabel('Account').selectOption('dora');
      await peek.getByRole('button', { name: 'Add member' }).click();
      await peek.getByRole('button', { name: 'Take away dora' }).waitFor();
      expect(await violations()).toEqual([]);
      expect((await send('GET', '/teams')).items).toMatchObject([
        { name: 'research', grants: [{ role: 'editor' }], members: [{ principalName: 'dora' }] },
      ]);
      await peek.getByRole('button', { name: 'Take away dora' }).click();
      await peek.getByText('Nobody yet.').waitFor();
      await peek.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('No teams').waitFor();
      expect(errors).toEqual([]);
      await context.close();
    },
  );
});

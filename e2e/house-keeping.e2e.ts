import { changeRuns, createFolder, getRun, listExperiments, listFolders, listRuns } from '@millwright/contract';
import { type Client, createClient } from '@millwright/sdk';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../scripts/testing/needs.ts';
import { launchBrowser } from './support/browser.ts';
import { type ManyRunsServer, startManyRuns } from './support/many-runs.ts';

const project = 'default';
const params = { project };

needs('chromium')('keeping experiments and runs in order in the console', () => {
  let server: ManyRunsServer;
  let client: Client;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];
  const findings: string[] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([startManyRuns(40), launchBrowser()]);
    client = createClient({ baseUrl: server.address });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.setDefaultTimeout(60_000);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = async (path: string): Promise<void> => {
    await page.goto(`${server.address}/p/${project}/${path}`);
    await page.locator('main h1').first().waitFor();
  };
  const dialog = () => page.getByRole('dialog');
  /** What stands there now is accessible, in light and dark. */
  const check = async (what: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(300);
      // The theme changes nothing but colours.
      const axe = new AxeBuilder({ page });
      const { violations } = await (colorScheme === 'light'
        ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
        : axe.withRules(['color-contrast'])
      ).analyze();
      for (const { id, nodes } of violations) findings.push(`${what}, ${colorScheme}: ${id}: ${nodes[0]?.html}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };
  const select = async (rows: number): Promise<void> => {
    for (let row = 1; row <= rows; row++)
      await page.getByRole('checkbox', { name: `Select row ${row}`, exact: true }).check();
  };
  const folder = (name: string) =>
    page.getByRole('navigation', { name: 'Folders of experiments' }).getByTitle(name, { exact: true });

  it('makes folders, and puts experiments into them by dialog and by dragging', async () => {
    await open('experiments/list');
    await page.getByRole('button', { name: 'New folder', exact: true }).click();
    await page.getByLabel('Name').fill('vision');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL(/folder=fld_/);
    await client.call(createFolder, { params, body: { name: 'old', parent: 'vision' } });
    await open('experiments/list');
    await select(1);
    await page.getByRole('button', { name: 'Move to...' }).click();
    await dialog().getByLabel('Folder').selectOption({ label: 'vision' });
    await check('moving an experiment');
    await dialog().getByRole('button', { name: 'Move', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    const folderOf = async () => {
      const [experiment] = (await client.call(listExperiments, { params, query: {} })).items;
      const { items } = await client.call(listFolders, { params });
      return items.find(({ id }) => id === experiment?.folderId)?.path ?? null;
    };
    expect(await folderOf()).toBe('vision');
    await page.locator('[data-index="0"]').dragTo(folder('old'));
    await expect.poll(folderOf, { timeout: 10_000 }).toBe('vision/old');
    await folder('old').click();
    await check('folders');
    await page.getByRole('button', { name: 'Delete vision/old' }).click();
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(folderOf, { timeout: 10_000 }).toBe('vision');
  }, 240_000);

  it('renames, tags, moves and copies the runs that are chosen, and says which it could not', async () => {
    const { items } = await client.call(listRuns, { params, query: { limit: 2 } });
    const [first, second] = items.map(({ id }) => id) as [string, string];
    const ended = await client.call(changeRuns, {
      params,
      body: { runs: [first], action: 'edit', status: 'finished' },
    });
    expect(ended.outcomes.length).toBe(1);
    await open('experiments');
    await select(2);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await dialog().getByLabel('Tags to set').fill('reviewed=yes');
    await dialog().getByLabel('Name').fill('{parameters.lr} no. {number}');
    await dialog().getByRole('list', { name: 'New names' }).getByText('no. 2').waitFor();
    await check('editing runs');
    await dialog().getByRole('button', { name: 'Change', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    const changed = await client.call(getRun, { params: { project, run: second } });
    expect(changed.name).toMatch(/ no\. 2$/);
    expect(changed.tags).toMatchObject({ reviewed: 'yes' });
    await select(1);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await check('copying runs');
    await dialog().getByRole('button', { name: 'Copy runs' }).click();
    await dialog().waitFor({ state: 'detached' });
    const copies = await client.call(listRuns, {
      params,
      query: { filter: `tags.millwright.copiedFrom = "${first}"` },
    });
    expect(copies.items).toHaveLength(1);
    await open('experiments');
    await select(1);
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    expect(await dialog().getByRole('button', { name: 'Move runs' }).isDisabled()).toBe(true);
    await check('moving runs');
    await page.keyboard.press('Escape');
  }, 240_000);

  it('says what metrics mean, shows their best values, and saves that as a view', async () => {
    await open('experiments');
    await page.getByRole('button', { name: 'Metrics', exact: true }).click();
    await dialog().getByLabel('Metric', { exact: true }).selectOption('accuracy');
    await dialog().getByLabel('Unit').fill('%');
    await dialog().getByLabel('Greatest valid value').fill('0');
    await check('describing a metric');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('columnheader', { name: 'accuracy ↑ (%)' }).waitFor();
    await page
      .getByLabel(/^Is above the greatest valid value/)
      .first()
      .waitFor();
    await page.getByRole('combobox', { name: 'Which value of a metric' }).selectOption('best');
    await page.getByRole('columnheader', { name: 'accuracy ↑ (%) (max)' }).getByRole('button').click();
    await page.waitForURL(/sort=-metrics\.accuracy/);
    await check('best values');
    await page.getByRole('button', { name: /^Views/ }).click();
    await page.getByLabel('Name of the view').fill('Best first');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Delete the view Best first' }).waitFor();
    // Somebody else's browser.
    const other = await (await browser.newContext()).newPage();
    await other.goto(`${server.address}/p/${project}/experiments`);
    await other.getByRole('button', { name: /^Views/ }).click();
    await other.getByRole('button', { name: 'Best first', exact: true }).click();
    await other.waitForURL(/summary=best/);
    expect(new URL(other.url()).searchParams.get('sort')).toBe('-metrics.accuracy');
  }, 240_000);

  it('has no mistake in all of that', () => {
    expect(findings).toEqual([]);
    expect(errors).toEqual([]);
  });
});

import {
  createRun,
  getReport,
  getRun,
  listReportCopies,
  listReports,
  listRuns,
  logMetrics,
  updateReport,
  updateRun,
} from '@millwright/contract';
import { type Client, createClient } from '@millwright/sdk';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../scripts/testing/needs.ts';
import { launchBrowser } from './support/browser.ts';
import { type ManyRunsServer, startManyRuns } from './support/many-runs.ts';

const project = 'default';

needs('chromium')('reports in the console', () => {
  let server: ManyRunsServer;
  let client: Client;
  let browser: Browser;
  let page: Page;
  let report = '';
  let shared = '';
  const errors: string[] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([startManyRuns(60, ['--share-links', 'true']), launchBrowser()]);
    client = createClient({ baseUrl: server.address });
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  const saved = () => page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
  const stored = () => client.call(getReport, { params: { project, report } });

  it('are written, and save themselves', async () => {
    await page.goto(`${server.address}/p/${project}/experiments/reports`);
    await page.getByRole('button', { name: 'New report' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Which team is better?');
    await page.getByRole('button', { name: 'Add text' }).click();
    await page
      .getByRole('textbox', { name: 'Text in Markdown' })
      .fill('## Found\n\n**Growth** wins. <img src=x onerror=alert(1)>');
    await page.getByRole('combobox', { name: 'Add a panel' }).selectOption('table');
    const block = page.getByRole('region', { name: 'Block 2: Table of runs' });
    await block.getByRole('textbox', { name: 'Order' }).fill('metrics.accuracy desc');
    await block.getByRole('spinbutton', { name: 'At most' }).fill('3');
    await block.getByRole('textbox', { name: 'Columns' }).fill('metrics.accuracy, tags.team');
    expect(await block.getByRole('row').count()).toBeGreaterThan(0);
    await page.getByRole('combobox', { name: 'Add a panel' }).selectOption('curves');
    const curves = page.getByRole('region', { name: 'Block 3: Curves' });
    await curves.getByRole('spinbutton', { name: 'At most' }).fill('1');
    await page.getByRole('button', { name: 'Move block 3 up' }).click();
    await saved();
    const { items } = await client.call(listReports, { params: { project } });
    report = items[0]?.id ?? '';
    expect(await stored()).toMatchObject({
      title: 'Which team is better?',
      blocks: [
        { kind: 'text' },
        { panel: { kind: 'curves', runs: { limit: 1 } } },
        { panel: { runs: { limit: 3, order: 'metrics.accuracy desc' }, columns: ['metrics.accuracy', 'tags.team'] } },
      ],
    });
  }, 60_000);

  it('take runs one by one, found by their names', async () => {
    await page.getByRole('combobox', { name: 'Add a panel' }).selectOption('table');
    const block = page.getByRole('region', { name: 'Block 4: Table of runs' });
    await block.getByRole('combobox', { name: 'Chosen' }).selectOption('ids');
    for (const name of ['run-41', 'run-7']) {
      await block.getByRole('textbox', { name: 'Runs' }).fill(name);
      await block.getByRole('list', { name: 'Runs: found' }).getByRole('button', { name }).first().click();
    }
    await block.getByRole('list', { name: 'Runs: chosen' }).getByRole('button', { name: 'Remove run-7' }).waitFor();
    await saved();
    const panel = async () =>
      (await stored()).blocks.flatMap((one) => (one.kind === 'panel' ? [one.panel] : [])).at(-1);
    const names = async () => {
      const found = await panel();
      const ids = found !== undefined && 'runs' in found ? (found.runs.ids ?? []) : [];
      return Promise.all(ids.map(async (run) => (await client.call(getRun, { params: { project, run } })).name));
    };
    await expect.poll(names).toEqual(['run-41', 'run-7']);
    await page.getByRole('button', { name: 'Remove block 4' }).click();
    await saved();
  }, 60_000);

  it('are read: text is text, and a curve grows while its run trains', async () => {
    await page.getByRole('button', { name: 'Read', exact: true }).click();
    const document = page.getByRole('article', { name: 'Which team is better?' });
    await document.getByRole('heading', { name: 'Found' }).waitFor();
    await document.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await document.getByRole('region', { name: 'Runs', exact: true }).getByRole('row').count()).toBe(4);
    // The panel shows the newest run: one that starts now comes into it, and grows there.
    const { id } = await client.call(createRun, { params: { project }, body: { experiment: 'sweep', name: 'newest' } });
    const chart = document.getByRole('figure', { name: 'loss' });
    for (const [from, count] of [
      [0, 2],
      [2, 38],
    ] as const) {
      const points = Array.from({ length: count }, (_none, index) => ({ key: 'loss', value: 1, step: from + index }));
      await client.call(logMetrics, { params: { project, run: id }, body: { points } });
      await chart.getByText(`over ${from + count} steps`).waitFor({ state: 'attached', timeout: 20_000 });
    }
    await client.call(updateRun, { params: { project, run: id }, body: { status: 'finished' } });
  }, 60_000);

  it('are written over nobody', async () => {
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('textbox', { name: 'Title' }).waitFor();
    const { revision, blocks } = await stored();
    await client.call(updateReport, { params: { project, report }, body: { revision, title: 'Theirs', blocks } });
    await page.getByRole('textbox', { name: 'Title' }).fill('Mine');
    await page
      .getByRole('alert')
      .getByText(/Somebody else saved this report/)
      .waitFor();
    expect((await stored()).title).toBe('Theirs');
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await saved();
    expect((await stored()).title).toBe('Mine');
  }, 60_000);

  it('are frozen and shared; the copy stays as it was', async () => {
    await page.getByRole('button', { name: 'Freeze' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Freeze', exact: true }).click();
    await page.getByText(/^Frozen .* by /).waitFor();
    const { items } = await client.call(listReportCopies, { params: { project, report } });
    expect(items).toHaveLength(1);
    const [best] = (
      await client.call(listRuns, { params: { project }, query: { limit: 1, order: 'metrics.accuracy desc' } })
    ).items;
    const before = await page.getByRole('region', { name: 'Runs', exact: true }).textContent();
    await page.goto(`${server.address}/p/${project}/experiments/reports/${report}`);
    await page.getByRole('button', { name: 'Copies and sharing' }).click();
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Make the address' }).click();
    shared = (await page.getByRole('region', { name: 'Shared address' }).textContent())?.trim() ?? '';
    expect(shared).toMatch(/\/shared\/[\w-]{43}$/);
    await client.call(logMetrics, {
      params: { project, run: best?.id ?? '' },
      body: { points: [{ key: 'accuracy', value: 0.001, step: 9 }] },
    });
    const reader = await browser.newPage();
    const asked: string[] = [];
    reader.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await reader.goto(shared);
    await reader.getByRole('article', { name: 'Mine' }).waitFor();
    expect(await reader.getByRole('region', { name: 'Runs', exact: true }).textContent()).toBe(before);
    // Nobody is asked who they are, and nothing but the copy is read.
    expect(
      asked.filter((path) => path.startsWith('/api/')).map((path) => path.split('/').slice(0, 4).join('/')),
    ).toEqual(['/api/v1/shared']);
    expect(await reader.getByRole('link').count()).toBe(0);
    await reader.close();
  }, 60_000);

  it('are shared no more once the address is revoked', async () => {
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
    const reader = await browser.newPage();
    await reader.goto(shared);
    await reader.getByText(/Nothing is shared at this address/).waitFor();
    await reader.close();
  }, 60_000);

  it.each(['light', 'dark'] as const)(
    'are accessible in the %s theme',
    async (theme) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const copy = (await client.call(listReportCopies, { params: { project, report } })).items[0]?.id;
      const findings: string[] = [];
      for (const path of ['', `/${report}`, `/${report}?edit=on`, `/${report}/copies/${copy}`]) {
        await page.goto(`${server.address}/p/${project}/experiments/reports${path}`);
        await page.locator('main h1').first().waitFor();
        await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
        await page.waitForTimeout(400);
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        for (const { id, nodes } of violations)
          findings.push(
            `${path}: ${id}: ${nodes
              .slice(0, 2)
              .map((node) => node.html.slice(0, 200))
              .join(' | ')}`,
          );
      }
      expect(findings).toEqual([]);
      expect(errors).toEqual([]);
    },
    60_000,
  );
});

import { listRuns, runFiles } from '@millwright/contract';
import { type Client, createClient } from '@millwright/sdk';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../scripts/testing/needs.ts';
import { launchBrowser } from './support/browser.ts';
import { type ManyRunsServer, startManyRuns } from './support/many-runs.ts';
import { type RecordedRun, startRecordedRun } from './support/recorded-run.ts';

needs('chromium')('what a run knows by itself, in the console', () => {
  let server: ManyRunsServer;
  let browser: Browser;
  let page: Page;
  let run: RecordedRun;
  let client: Client;
  const errors: string[] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([startManyRuns(1), launchBrowser()]);
    client = createClient({ baseUrl: server.address });
    run = await startRecordedRun(client, 'sweep');
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
  }, 170_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = async (tab: string): Promise<void> => {
    await page.goto(`${server.address}/p/default/experiments/runs/${run.id}?tab=${tab}`);
    await page.getByRole('heading', { name: 'recorded' }).waitFor();
  };
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const isAccessible = async (): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    }
  };

  it('shows code, difference, packages, machine and seeds', async () => {
    await open('environment');
    await see('0123456789');
    await see("python train.py --note 'a b'");
    await see('+depth = 5');
    await see('-depth = 3');
    await see('scratch.txt');
    await see('numpy==2.4.6');
    await see('trainer-1');
    await see('with changes');
    expect(await page.getByRole('link', { name: 'Open on git.example.org' }).getAttribute('href')).toBe(
      'https://git.example.org/team/risk/commit/0123456789abcdef0123456789abcdef01234567',
    );
    await page.getByRole('searchbox', { name: 'Find a package' }).fill('mlfl');
    await page.getByText('numpy==2.4.6').waitFor({ state: 'detached' });
    await isAccessible();
  });

  it('follows the output of a run that goes on, and finds a line in it', async () => {
    await open('output');
    await see('epoch 1');
    await see('careful');
    const later = Array.from({ length: 3000 }, (_none, at) => `2026-01-01T00:00:02.000Z stdout F line ${at}\n`);
    await run.put(`${runFiles.output}1-0002.log`, later.join(''));
    await see('line 2999');
    // Only those in view are there.
    expect(
      await page
        .getByRole('log')
        .getByText(/^line \d+$/)
        .count(),
    ).toBeLessThan(100);
    await page.getByRole('searchbox', { name: 'Find in the output' }).fill('careful');
    await see('1 line');
    await isAccessible();
  });

  it('draws the load of the machine beside its energy, and how that is known', async () => {
    await open('system');
    await see('2.5 Wh');
    await see('estimated');
    await page.getByRole('figure', { name: 'CPU, %' }).waitFor();
    await page.getByRole('figure', { name: 'Power, W' }).waitFor();
    // Its own metrics stay among themselves.
    expect(await page.getByRole('figure', { name: 'loss' }).count()).toBe(0);
    await isAccessible();
  });

  it('shows media as what they are, and runs nothing of them', async () => {
    await open('media');
    const image = page.getByRole('img', { name: 'val' }).first();
    await image.waitFor();
    expect(await image.getAttribute('src')).toMatch(/^blob:/);
    await page.getByLabel('Compare val with').selectOption({ label: 'Step 1' });
    await page.getByRole('img', { name: 'val' }).nth(1).waitFor();
    await page.waitForFunction(`(document.querySelector('audio')?.duration ?? 0) > 0.9`);
    await page.getByRole('figure', { name: 'roc' }).waitFor();
    await see(/^90(?:\.0)?\s%\sright$/);
    await page.getByRole('region', { name: 'cases' }).getByText('dog').waitFor();
    await see('<img src=x onerror=');
    await see('is not of the form it should have');
    expect(await page.getByText('evil').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
    await isAccessible();
  });

  it('says in every tab how it is filled', async () => {
    const { items } = await client.call(listRuns, { params: { project: 'default' }, query: {} });
    const plain = items.find(({ name }) => name !== 'recorded');
    for (const tab of ['environment', 'output', 'system', 'media']) {
      await page.goto(`${server.address}/p/default/experiments/runs/${plain?.id}?tab=${tab}`);
      await see(/pip install|import millwright/);
    }
    await isAccessible();
  });

  it('went without an error', async () => {
    await run.finish();
    expect(errors).toEqual([]);
  });
});

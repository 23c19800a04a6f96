import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../scripts/testing/needs.ts';
import { launchBrowser } from './support/browser.ts';
import { type Backend, embedded, scaledOut } from './support/backends.ts';
import { type RunningDemo, startDemo } from './support/demo.ts';
import { type Screen, screensOf } from './support/screens.ts';

const themes = ['light', 'dark'] as const;
const images = join(import.meta.dirname, '..', 'docs', 'images');
const save = process.env['MILLWRIGHT_SAVE_SCREENSHOTS'] === '1';
/** Those the documentation shows. */
const pictured = ['overview', 'dataset-version', 'runs', 'pipeline-run', 'gate-report', 'model', 'rollout', 'monitor'];

/** Until nothing is loading: live screens keep a connection open, so the network is never idle. */
const settled = async (page: Page): Promise<void> => {
  await page.locator('main h1, main h2').first().waitFor();
  await page.waitForFunction(
    `document.querySelectorAll('[aria-busy="true"], [data-skeleton]').length === 0`,
    undefined,
    { timeout: 15_000 },
  );
  await page.waitForTimeout(300);
};

/** The look is the same wherever the data lies: both themes and the narrow window are walked on one kind of storage. */
const walk = (backend: Backend, looks: { themes: readonly (typeof themes)[number][]; narrow: boolean }) => {
  let demo: RunningDemo;
  let browser: Browser;
  let screens: Screen[];
  beforeAll(async () => {
    demo = await startDemo(await backend.flags());
    browser = await launchBrowser();
    screens = await screensOf(demo.address);
    mkdirSync(images, { recursive: true });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const opened = async (
    theme: (typeof themes)[number],
    width = 1440,
  ): Promise<{ context: BrowserContext; page: Page; errors: string[] }> => {
    const context = await browser.newContext({
      colorScheme: theme,
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    return { context, page, errors };
  };

  it.each(looks.themes)(
    'shows every screen without an error, and accessible, in the %s theme',
    async (theme) => {
      const { context, page, errors } = await opened(theme);
      const findings: string[] = [];
      for (const screen of screens) {
        await page.goto(demo.address + screen.path);
        await settled(page);
        if (save && backend === embedded && pictured.includes(screen.name))
          await page.screenshot({ path: join(images, `${screen.name}-${theme}.png`) });
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        for (const violation of violations)
          findings.push(
            `${screen.name}: ${violation.id}: ${violation.nodes
              .slice(0, 2)
              .map((node) => node.html.slice(0, 160))
              .join(' | ')}`,
          );
        if (errors.length > 0) findings.push(`${screen.name}: ${errors.splice(0).join(' | ')}`);
      }
      await context.close();
      expect(findings).toEqual([]);
    },
    240_000,
  );

  if (looks.narrow)
    it('fits a telephone: no screen scrolls sideways at 320 pixels', async () => {
      const { context, page } = await opened('light', 320);
      const wide: string[] = [];
      for (const screen of screens) {
        await page.goto(demo.address + screen.path);
        await settled(page);
        const overflow = Number(
          await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
        );
        if (overflow > 1) wide.push(`${screen.name}: ${overflow} px`);
      }
      await context.close();
      expect(wide).toEqual([]);
    }, 180_000);

  it('goes from the palette to an object, by keyboard alone', async () => {
    const { context, page } = await opened('light');
    await page.goto(demo.address);
    await settled(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Name of a screen or object' }).waitFor();
    await page.keyboard.type('payments-endpoint');
    await page.getByRole('option', { name: /payments-endpoint.*endpoint/i, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/serving\//);
    // The address changes before the screen does.
    await page.locator('main h1', { hasText: 'payments-endpoint' }).first().waitFor();
    await context.close();
  });
};

needs('chromium')(`the console after the demo, on ${embedded.name}`, () => walk(embedded, { themes, narrow: true }));
needs(
  'chromium',
  'postgres',
  's3',
)(`the console after the demo, on ${scaledOut.name}`, () => walk(scaledOut, { themes: ['light'], narrow: false }));

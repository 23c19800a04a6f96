import { expect, it } from 'vitest';
import { needs } from '../../scripts/testing/needs.ts';
import { launchBrowser } from './browser.ts';

needs('chromium')('the prepared Chromium', () => {
  it('runs a page and its script', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.setContent('<button onclick="this.textContent = 6 * 7">ask</button>');
      await page.getByRole('button').click();
      expect(await page.getByRole('button').textContent()).toBe('42');
    } finally {
      await browser.close();
    }
  });
});

import { chromium, type Browser } from 'playwright-core';
import { chromiumPath } from '../../scripts/testing/needs.ts';

// Nothing reaches out to the network by itself; root cannot use Chromium's own sandbox.
const switches = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the prepared Chromium headless, with a new empty profile. The caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0,
    args: switches,
  });
}

const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/** Seconds since `sinceMs`, as text. */
export { seconds as secondsSince };

/** One line on the terminal, without a leading module name. Everything of the bootstrap goes to stderr. */
export const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Shows `text` with running seconds while `work` runs, and the total at its end. On a terminal the line is redrawn;
 * elsewhere (CI, a file) it is written once before and once after.
 */
export async function withProgress(text, work) {
  const startedMs = Date.now();
  const live = process.stderr.isTTY === true;
  const draw = (end) => process.stderr.write(`\r\x1b[2K${text} ... ${seconds(startedMs)}${end}`);
  if (!live) say(`${text} ...`);
  const timer = live ? setInterval(() => draw(''), 200) : undefined;
  try {
    const result = await work();
    clearInterval(timer);
    if (live) draw('\n');
    else say(`${text}: done in ${seconds(startedMs)}`);
    return result;
  } catch (error) {
    clearInterval(timer);
    if (live) draw(' failed\n');
    else say(`${text}: failed after ${seconds(startedMs)}`);
    throw error;
  }
}

/** A failure whose message is meant for the person at the terminal; shown without a stack. */
export class SetupError extends Error {}

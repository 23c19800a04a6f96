import type { Browser, Page } from 'playwright-core';

export interface Frames {
  /** Milliseconds from one frame to the next, as the page sees them. */
  gapsMs: number[];
  /** Processor time of each task of the page's main thread, in milliseconds; the longest first. */
  tasksMs: number[];
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of processor time. */
  tdur?: number;
  args?: { name?: string };
}

/** Runs in the page: scrolls the grid by so many pixels in every frame. */
const scrollGrid = ({ stepPx, frames }: { stepPx: number; frames: number }): Promise<number[]> =>
  new Promise((resolve) => {
    const { document, requestAnimationFrame } = globalThis as unknown as {
      document: { querySelector(selector: string): { scrollTop: number } };
      requestAnimationFrame(callback: (now: number) => void): void;
    };
    const grid = document.querySelector('[role=grid]');
    const gaps: number[] = [];
    let before: number | null = null;
    const step = (now: number): void => {
      if (before !== null) gaps.push(now - before);
      before = now;
      grid.scrollTop += stepPx;
      if (gaps.length < frames) requestAnimationFrame(step);
      else resolve(gaps);
    };
    requestAnimationFrame(step);
  });

/** Scrolls the table of the page and tells how long frames took and how much work there was in them. */
export const scrolling = async (
  browser: Browser,
  page: Page,
  scroll: { stepPx: number; frames: number },
): Promise<Frames> => {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  const gapsMs = await page.evaluate(scrollGrid, scroll);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    trace.traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasksMs = trace.traceEvents
    .filter(({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && mains.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a);
  return { gapsMs, tasksMs };
};

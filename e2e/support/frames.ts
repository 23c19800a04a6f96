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

type InPage = {
  document: { querySelector(selector: string): { scrollTop: number } };
  requestAnimationFrame(callback: (now: number) => void): void;
  frameGaps?: number[];
  frameGapsEnd?: boolean;
};

/** Runs in the page: notes how long every frame takes, until it is told to stop. */
const noteFrames = (): void => {
  const page = globalThis as unknown as InPage;
  const gaps: number[] = [];
  page.frameGaps = gaps;
  page.frameGapsEnd = false;
  let before: number | null = null;
  const step = (now: number): void => {
    if (before !== null) gaps.push(now - before);
    before = now;
    if (page.frameGapsEnd !== true) page.requestAnimationFrame(step);
  };
  page.requestAnimationFrame(step);
};
const notedFrames = (): number[] => {
  const page = globalThis as unknown as InPage;
  page.frameGapsEnd = true;
  return page.frameGaps ?? [];
};

/** Runs in the page: scrolls the grid by so many pixels in every frame. */
const scrollGrid = ({ stepPx, frames }: { stepPx: number; frames: number }): Promise<void> =>
  new Promise((resolve) => {
    const { document, requestAnimationFrame } = globalThis as unknown as InPage;
    const grid = document.querySelector('[role=grid]');
    let left = frames;
    const step = (): void => {
      grid.scrollTop += stepPx;
      if (left-- > 0) requestAnimationFrame(step);
      else resolve();
    };
    requestAnimationFrame(step);
  });

/** Scrolls the table of the page. */
export const scroll = (page: Page, how: { stepPx: number; frames: number }): Promise<void> =>
  page.evaluate(scrollGrid, how);

/** Tells how long frames took while something was done, and how much work there was in them. */
export const framesWhile = async (browser: Browser, page: Page, act: () => Promise<void>): Promise<Frames> => {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await page.evaluate(noteFrames);
  await act();
  const gapsMs = await page.evaluate(notedFrames);
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

import type { Browser, Page } from 'playwright-core';

export interface Frames {
  /** Milliseconds from one frame to the next, as the page sees them: they grow with whatever else the machine does. */
  gapsMs: number[];
  /**
   * Processor time that the busiest thread of the page (its own, the compositor's or one that paints) spent from one
   * frame to the next: what the page itself needs for a frame, however much others use the processors.
   */
  worksMs: number[];
  /** Processor time of each task of the page's main thread, in milliseconds; the longest first. */
  tasksMs: number[];
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds; tasks are where they begin. */
  ts: number;
  /** Microseconds of processor time. */
  tdur?: number;
  args?: { name?: string };
}

type InPage = {
  document: { querySelector(selector: string): { scrollTop: number } };
  requestAnimationFrame(callback: (now: number) => void): void;
  performance: { mark(name: string): void };
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
    page.performance.mark('frame');
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
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing', '__metadata'] });
  await page.evaluate(noteFrames);
  await act();
  const gapsMs = await page.evaluate(notedFrames);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const marks = traceEvents.filter(({ name }) => name === 'frame').sort((a, b) => a.ts - b.ts);
  const pid = marks[0]?.pid;
  const tasks = traceEvents.filter((one) => one.pid === pid && taskNames.has(one.name));
  const main = marks[0]?.tid;
  const tasksMs = tasks
    .filter(({ tid }) => tid === main)
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a);
  return { gapsMs, worksMs: worksBetween(marks, tasks), tasksMs };
};

const taskNames = new Set(['ThreadControllerImpl::RunTask', 'ThreadPool_RunTask']);

const worksBetween = (marks: readonly TraceEvent[], tasks: readonly TraceEvent[]): number[] => {
  const inOrder = tasks.toSorted((a, b) => a.ts - b.ts);
  let at = 0;
  const take = (until: number): number => {
    const byThread = new Map<number, number>();
    for (let task = inOrder[at]; task !== undefined && task.ts < until; task = inOrder[++at])
      byThread.set(task.tid, (byThread.get(task.tid) ?? 0) + (task.tdur ?? 0) / 1000);
    return Math.max(0, ...byThread.values());
  };
  // What comes before the first frame belongs to none.
  return marks.map(({ ts }) => take(ts)).slice(1);
};

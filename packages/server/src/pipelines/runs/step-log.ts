import type { LogLine } from './store.ts';

const keptLines = 200;
const longestLine = 2000;

/** The newest lines of a step, over all its attempts. */
export interface StepLog {
  add(line: string): void;
  lines(): readonly LogLine[];
  /** True once after each addition. */
  takeChanged(): boolean;
}

export const createStepLog = (before: readonly LogLine[], now: () => number): StepLog => {
  const lines = [...before];
  let changed = false;
  return {
    add(line) {
      lines.push({ at: now(), line: line.slice(0, longestLine) });
      if (lines.length > keptLines) lines.splice(0, lines.length - keptLines);
      changed = true;
    },
    lines: () => lines,
    takeChanged() {
      const was = changed;
      changed = false;
      return was;
    },
  };
};

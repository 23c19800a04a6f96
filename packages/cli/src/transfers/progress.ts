const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

export interface Progress {
  at(bytes: number): void;
  /** Something went wrong, and it goes on. */
  note(text: string): void;
  end(): void;
}

/** One line that is written over, on a terminal only; notes stand everywhere. */
export const createProgress = (what: string, totalBytes: () => number | null): Progress => {
  const startedMs = performance.now();
  let shownMs = 0;
  let first: number | null = null;
  const isShown = process.stderr.isTTY === true;
  const clear = () => void (isShown && process.stderr.write('\r\u001b[K'));
  return {
    at(bytes) {
      const now = performance.now();
      first ??= bytes;
      if (!isShown || now - shownMs < 200) return;
      shownMs = now;
      const total = totalBytes();
      const rate = (bytes - first) / Math.max(1, now - startedMs) / 1000;
      const of = total === null ? '' : ` of ${megabytes(total)} MB, ${((100 * bytes) / total).toFixed(0)} %`;
      process.stderr.write(`\r\u001b[K${what}: ${megabytes(bytes)}${of === '' ? ' MB' : of}, ${rate.toFixed(0)} MB/s`);
    },
    note(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    end: clear,
  };
};

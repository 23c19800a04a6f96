/** Says what happens: a line per finished stage, and on a terminal a live line for the one under way. */
export interface Progress {
  stage(title: string): Stage;
  note(text: string): void;
}
export interface Stage {
  update(done: number, total: number, text?: string): void;
  done(text: string): void;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`.padStart(7);
const width = 24;

export const createProgress = (
  out: { write(text: string): unknown; isTTY?: boolean | undefined },
  now: () => number,
): Progress => {
  const begun = now();
  const live = out.isTTY === true;
  let lastPlainAt = 0;
  const clear = () => (live ? '\r\x1b[2K' : '');
  return {
    note: (text) => void out.write(`${clear()}${seconds(now() - begun)}    ${text}\n`),
    stage(title) {
      if (live) out.write(`${seconds(now() - begun)}  - ${title} ...`);
      return {
        update(done, total, text = '') {
          const share = total === 0 ? 1 : done / total;
          const filled = Math.round(share * width);
          const line = `${seconds(now() - begun)}  - ${title}  ${'#'.repeat(filled)}${'.'.repeat(width - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  ${text}`;
          if (live) out.write(`${clear()}${line}`);
          // A log keeps what is written: say it now and then, not all the time.
          else if (now() - lastPlainAt > 5000) {
            lastPlainAt = now();
            out.write(`${line}\n`);
          }
        },
        done: (text) => void out.write(`${clear()}${seconds(now() - begun)}  + ${title}: ${text}\n`),
      };
    },
  };
};

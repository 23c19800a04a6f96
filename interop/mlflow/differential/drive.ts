import { areas } from './areas/index.ts';
import { malformed } from './malformed.ts';
import { seeded } from './random.ts';
import { collectReport, type Report } from './report.ts';
import { createSession, Diverged } from './session.ts';
import type { Side } from './symbols.ts';

/** Sends generated sequences to both servers until at least `requests` were sent. The same seed sends the same. */
export const drive = async (options: {
  addresses: Record<Side, string>;
  seed: number;
  requests: number;
  /** Only sequences of these areas. */
  only?: readonly string[];
  say?(text: string): void;
}): Promise<Report> => {
  const { seen, report } = collectReport();
  // Names must be new on a server that saw this seed before.
  const once = Date.now().toString(36);
  const entries = Object.entries(areas).filter(([name]) => !options.only?.length || options.only.includes(name));
  if (entries.length === 0) throw new Error(`no such area; there are ${Object.keys(areas).join(', ')}`);
  for (let sequence = 0; report.requests < options.requests; sequence++) {
    const [area, play] = entries[sequence % entries.length] as [string, (typeof areas)[string]];
    const random = seeded(options.seed * 100_003 + sequence);
    const session = createSession({
      addresses: options.addresses,
      random,
      prefix: `s${once}q${sequence}`,
      seen,
      malformed,
    });
    const before = report.requests;
    try {
      await play(session);
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      options.say?.(
        `${area}: sequence ${sequence} ended after ${report.requests - before} requests, at ${error.message}`,
      );
    }
    if (report.requests === before) throw new Error(`sequence ${sequence} of ${area} sent nothing`);
    options.say?.(
      `${area}: ${report.requests} of ${options.requests} requests, ${report.found.length} kinds of difference`,
    );
  }
  return report;
};

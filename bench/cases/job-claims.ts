import type { Case, Figure } from '../case.ts';
import { platforms, startPlatform } from './database.ts';

const jobs = 3000;
const context = { actor: { id: 'bench', name: 'bench' }, project: null, requestId: 'bench' };

/** Empty jobs from the queue to done, each claimed, run and finished in transactions of its own. */
export const jobClaims: Case = {
  name: 'jobs',
  async run(say) {
    const figures: Figure[] = [];
    for await (const { kind, platform } of platforms()) {
      say(kind);
      let ran = 0;
      platform.jobs.handle('bench.nothing', async () => {
        ran++;
      });
      for (let i = 0; i < jobs; i += 500)
        await platform.changes.change(context, async (change) => {
          for (let j = 0; j < 500; j++) change.enqueue('bench.nothing', { number: i + j });
        });
      const begun = performance.now();
      startPlatform(platform);
      while (ran < jobs) await new Promise((resolve) => setTimeout(resolve, 5));
      await platform.jobs.idle();
      figures.push({
        name: `jobs claimed and done, ${kind}`,
        value: jobs / ((performance.now() - begun) / 1000),
        unit: 'jobs/s',
      });
    }
    return figures;
  },
};

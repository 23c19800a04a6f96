import type { Case, Figure } from '../case.ts';
import { platforms } from './database.ts';

const changes = 1000;
const writers = 8;
const context = { actor: { id: 'bench', name: 'bench' }, project: 'default', requestId: 'bench' };

/** Audited changes one by one, each durable before the next of its writer; and many rows in one change. */
export const auditRows: Case = {
  name: 'audit',
  async run(say) {
    const figures: Figure[] = [];
    for await (const { kind, platform } of platforms()) {
      say(kind);
      let begun = performance.now();
      await Promise.all(
        Array.from({ length: writers }, async () => {
          for (let i = 0; i < changes / writers; i++)
            await platform.changes.change(context, async (change) =>
              change.audit({ verb: 'bench.write', resourceType: 'bench', resourceId: String(i), detail: { i } }),
            );
        }),
      );
      figures.push({
        name: `audited changes, 8 writers, ${kind}`,
        value: changes / ((performance.now() - begun) / 1000),
        unit: 'rows/s',
      });
      begun = performance.now();
      for (let i = 0; i < 10; i++)
        await platform.changes.change(context, async (change) => {
          for (let j = 0; j < 500; j++)
            change.audit({ verb: 'bench.write', resourceType: 'bench', resourceId: String(j), detail: { j } });
        });
      figures.push({
        name: `audit rows, 500 in a change, ${kind}`,
        value: 5000 / ((performance.now() - begun) / 1000),
        unit: 'rows/s',
      });
    }
    return figures;
  },
};

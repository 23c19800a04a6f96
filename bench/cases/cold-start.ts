import type { Case } from '../case.ts';
import { startServer } from '../server-process.ts';

const starts = 5;
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Time from the command to the ready line on an empty folder (compile cache warm), and memory some seconds later. */
export const coldStart: Case = {
  name: 'start',
  async run(say) {
    const times: number[] = [];
    let residentBytes = 0;
    for (let i = 0; i < starts; i++) {
      say(`start ${i + 1} of ${starts}`);
      const server = await startServer();
      times.push(server.readyMs);
      if (i === starts - 1) {
        await new Promise((resolve) => setTimeout(resolve, 3000));
        residentBytes = server.residentBytes();
      }
      await server.stop();
    }
    return [
      {
        name: 'millwright up, ready (median of 5)',
        value: median(times),
        unit: 'ms',
        against: { name: 'limit', value: 1000, kind: 'at most' },
      },
      {
        name: 'resident memory, idle',
        value: residentBytes / 1e6,
        unit: 'MB',
        against: { name: 'limit', value: 200, kind: 'at most' },
      },
    ];
  },
};

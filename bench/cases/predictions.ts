import { createClient } from '@millwright/sdk';
import { createLoop, endpointName, settingsFor } from '../../packages/cli/src/demo/loop.ts';
import { payments } from '../../packages/cli/src/demo/payments.ts';
import { requestOf } from '../../packages/cli/src/demo/player.ts';
import type { Case, Figure } from '../case.ts';
import { load } from '../load.ts';
import { startServer } from '../server-process.ts';

const seconds = 6;

/** One-row requests of the Open Inference Protocol to a logistic model with eight inputs, every prediction captured. */
export const predictions: Case = {
  name: 'predictions',
  async run(say) {
    const server = await startServer();
    try {
      const source = payments(1, { historyRows: 4000, harmlessAt: 1, patternAt: 2, streamRows: 10 });
      const loop = createLoop(createClient({ baseUrl: server.address }), source, settingsFor(source));
      say('train and release a model');
      await loop.uploadHistory();
      await loop.releaseFirst(() => undefined);
      const endpoint = await loop.endpoint();
      if (!endpoint.signature) throw new Error('the endpoint has no signature');
      const body = JSON.stringify(requestOf(source, endpoint.signature, 0));
      const url = `${server.address}/v2/models/${endpointName(source)}/infer`;
      const figures: Figure[] = [];
      let sent = 0;
      for (const connections of [1, 32, 300]) {
        say(`${connections} connections`);
        const result = await load({ url, connections, seconds, method: 'POST', body });
        if (result.failures > 0) throw new Error(`${result.failures} requests failed at ${connections} connections`);
        sent += Math.round(result.requestsPerSecond * seconds);
        figures.push({
          name: `predictions, ${connections} connections`,
          value: result.requestsPerSecond,
          unit: 'requests/s',
          ...(connections === 300
            ? { against: { name: "MLServer's published figure at 300", value: 1300, kind: 'at least' as const } }
            : {}),
        });
        figures.push({
          name: `p99, ${connections} connections`,
          value: result.p99Ms,
          unit: 'ms',
          ...(connections === 300 ? { against: { name: 'aim', value: 100, kind: 'at most' as const } } : {}),
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 4000));
      const after = await loop.endpoint();
      // Those whose answer was cut off by the end of a measurement were captured too.
      figures.push({
        name: 'of the answered predictions, captured or counted as dropped',
        value: Math.min(1, (after.captured + after.dropped) / sent) * 100,
        unit: '%',
        against: { name: 'limit', value: 99.9, kind: 'at least' },
      });
      figures.push({ name: 'resident memory after the load', value: server.residentBytes() / 1e6, unit: 'MB' });
      return figures;
    } finally {
      await server.stop();
    }
  },
};

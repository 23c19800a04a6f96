import { expect, it } from 'vitest';
import { createMetrics } from './index.ts';

const sample = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/;

it('writes what Prometheus reads: declared families, escaped labels, cumulative buckets', async () => {
  const metrics = createMetrics();
  metrics.count('requests_total', 'Requests', { route: 'a "quoted"\\\n' }, 2);
  metrics.gauge('depth', 'Depth', () => Number.POSITIVE_INFINITY);
  metrics.gauge('gone', 'Asks a database that is gone', () => Promise.reject(new Error('gone')));
  for (const seconds of [0.0005, 0.003, 0.003, 99]) metrics.observe('wait_seconds', 'Wait', seconds, { kind: 'x' });
  const text = await metrics.render();
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.trimEnd().split('\n');
  const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
  expect(families).toEqual(['requests_total', 'depth', 'wait_seconds']);
  const samples = lines.filter((line) => !line.startsWith('#')).map((line) => sample.exec(line));
  expect(samples).not.toContain(null);
  const buckets = lines
    .filter((line) => line.startsWith('wait_seconds_bucket'))
    .map((line) => Number(line.split(' ').at(-1)));
  expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
  expect(lines).toContain('depth +Inf');
  expect(lines).toContain('wait_seconds_bucket{kind="x",le="0.005"} 3');
  expect(lines).toContain('wait_seconds_bucket{kind="x",le="+Inf"} 4');
  expect(lines).toContain('wait_seconds_count{kind="x"} 4');
});

import { expect, it } from 'vitest';
import { aSummary } from '../a-run.ts';
import { systemMetricTitle, systemMetricsOf } from './system-metrics.ts';

it('puts metrics of the machine in order and names them', () => {
  const keys = [
    'loss',
    'system/unknown_thing',
    'system/disk_usage_megabytes',
    'system/gpu_10_power_usage_watts',
    'system/gpu_2_utilization_percentage',
    'system/node_1/cpu_utilization_percentage',
    'system/cpu_utilization_percentage',
  ];
  const metrics = Object.fromEntries(keys.map((key) => [key, aSummary(1)]));
  expect(systemMetricsOf(metrics).map(systemMetricTitle)).toEqual([
    'CPU, %',
    'node_1: CPU, %',
    'GPU 2 load, %',
    'GPU 10 power, W',
    'Disk used, MB',
    'unknown_thing',
  ]);
});

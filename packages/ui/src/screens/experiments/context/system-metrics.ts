import { type Run, systemMetricPrefix } from '@millwright/contract';
import { isSystemMetric } from '../run-values.ts';

const names: Record<string, string> = {
  cpu_utilization_percentage: 'CPU, %',
  process_cpu_utilization_percentage: 'CPU of this process, %',
  system_memory_usage_percentage: 'Memory, %',
  system_memory_usage_megabytes: 'Memory, MB',
  process_memory_megabytes: 'Memory of this process, MB',
  power_watts: 'Power, W',
  energy_kilowatt_hours: 'Energy so far, kWh',
  network_receive_megabytes: 'Received, MB',
  network_transmit_megabytes: 'Sent, MB',
  disk_usage_percentage: 'Disk used, %',
  disk_usage_megabytes: 'Disk used, MB',
  disk_available_megabytes: 'Disk free, MB',
};
const gpuNames: Record<string, string> = {
  utilization_percentage: 'load, %',
  memory_usage_percentage: 'memory, %',
  memory_usage_megabytes: 'memory, MB',
  power_usage_watts: 'power, W',
  power_usage_percentage: 'power, % of its limit',
};
const order = Object.keys(names);

/** Of `system/cpu_...` and `system/<node>/cpu_...`. */
const partsOf = (key: string): { node: string; metric: string } => {
  const rest = key.slice(systemMetricPrefix.length);
  const at = rest.lastIndexOf('/');
  return { node: at < 0 ? '' : rest.slice(0, at), metric: rest.slice(at + 1) };
};

/** What people call it; a metric nobody here knows keeps its name. */
export const systemMetricTitle = (key: string): string => {
  const { node, metric } = partsOf(key);
  const [, gpu, ofGpu = ''] = /^gpu_(\d+)_(.+)$/.exec(metric) ?? [];
  const title = gpu === undefined ? (names[metric] ?? metric) : `GPU ${gpu} ${gpuNames[ofGpu] ?? ofGpu}`;
  return node === '' ? title : `${node}: ${title}`;
};

const rank = (key: string): number => {
  const { metric } = partsOf(key);
  if (metric.startsWith('gpu_')) return 3.5;
  const at = order.indexOf(metric);
  return at < 0 ? order.length : at;
};

/** Load first, then memory, GPUs, energy, and what seldom matters. */
export const systemMetricsOf = (metrics: Run['metrics']): string[] =>
  Object.keys(metrics)
    .filter(isSystemMetric)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true }));

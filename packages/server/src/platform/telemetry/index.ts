/** Counters, gauges and histograms in the text format of Prometheus. Names and labels come from code, never from callers. */
export interface Metrics {
  count(name: string, help: string, labels?: Record<string, string>, by?: number): void;
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  observe(name: string, help: string, seconds: number, labels?: Record<string, string>): void;
  render(): Promise<string>;
}

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
const labelText = (labels: Record<string, string>) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}="${escape(value)}"`)
    .join(',');
const numberText = (value: number) =>
  Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
const braces = (text: string) => (text === '' ? '' : `{${text}}`);

export const createMetrics = (): Metrics => {
  const counters = new Map<string, { help: string; series: Map<string, number> }>();
  const gauges = new Map<string, { help: string; read: () => number | Promise<number> }>();
  const histograms = new Map<
    string,
    { help: string; series: Map<string, { counts: number[]; sum: number; total: number }> }
  >();
  return {
    count(name, help, labels = {}, by = 1) {
      const family = counters.get(name) ?? { help, series: new Map<string, number>() };
      counters.set(name, family);
      const key = labelText(labels);
      family.series.set(key, (family.series.get(key) ?? 0) + by);
    },
    gauge(name, help, read) {
      gauges.set(name, { help, read });
    },
    observe(name, help, seconds, labels = {}) {
      const family = histograms.get(name) ?? { help, series: new Map() };
      histograms.set(name, family);
      const key = labelText(labels);
      const series = family.series.get(key) ?? { counts: buckets.map(() => 0), sum: 0, total: 0 };
      family.series.set(key, series);
      const bucket = buckets.findIndex((bound) => seconds <= bound);
      if (bucket >= 0) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
      series.sum += seconds;
      series.total += 1;
    },
    async render() {
      const lines: string[] = [];
      for (const [name, family] of counters) {
        lines.push(`# HELP ${name} ${family.help}`, `# TYPE ${name} counter`);
        for (const [key, value] of family.series) lines.push(`${name}${braces(key)} ${value}`);
      }
      for (const [name, gauge] of gauges) {
        // A gauge that asks a database which is gone must not take the other numbers with it.
        const value = await (async () => gauge.read())().catch(() => null);
        if (value === null) continue;
        lines.push(`# HELP ${name} ${gauge.help}`, `# TYPE ${name} gauge`, `${name} ${numberText(value)}`);
      }
      for (const [name, family] of histograms) {
        lines.push(`# HELP ${name} ${family.help}`, `# TYPE ${name} histogram`);
        for (const [key, series] of family.series) {
          let cumulative = 0;
          const prefix = key === '' ? '' : `${key},`;
          buckets.forEach((bound, index) => {
            cumulative += series.counts[index] ?? 0;
            lines.push(`${name}_bucket{${prefix}le="${bound}"} ${cumulative}`);
          });
          lines.push(
            `${name}_bucket{${prefix}le="+Inf"} ${series.total}`,
            `${name}_sum${braces(key)} ${series.sum}`,
            `${name}_count${braces(key)} ${series.total}`,
          );
        }
      }
      return `${lines.join('\n')}\n`;
    },
  };
};

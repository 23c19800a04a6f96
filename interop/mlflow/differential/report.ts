import { type Difference, isOutcome } from './compare.ts';
import { type KnownDifference, knownDifferences } from './known-differences/index.ts';
import type { Exchange } from './session.ts';

interface Found {
  endpoint: string;
  kind: string;
  count: number;
  variants: Map<string, number>;
  example: { difference: Difference; exchange: Exchange };
}

export interface Report {
  requests: number;
  byEndpoint: ReadonlyMap<string, number>;
  known: ReadonlyMap<KnownDifference, number>;
  found: readonly Found[];
}

export const collectReport = (): { seen(exchange: Exchange): void; report: Report } => {
  const byEndpoint = new Map<string, number>();
  const known = new Map<KnownDifference, number>();
  const found = new Map<string, Found>();
  const ordered: Found[] = [];
  const report = { requests: 0, byEndpoint, known, found: ordered };
  const add = (difference: Difference, exchange: Exchange): void => {
    const { endpoint, variant } = exchange.step;
    const match = knownDifferences.find((one) => one.matches(difference, exchange));
    if (match) {
      known.set(match, (known.get(match) ?? 0) + 1);
      return;
    }
    const key = `${endpoint} | ${difference.kind}`;
    const entry = found.get(key) ?? {
      endpoint,
      kind: difference.kind,
      count: 0,
      variants: new Map(),
      example: { difference, exchange },
    };
    if (!found.has(key)) ordered.push(entry);
    found.set(key, entry);
    entry.count += 1;
    entry.variants.set(variant, (entry.variants.get(variant) ?? 0) + 1);
  };
  return {
    report,
    seen(exchange) {
      report.requests += 1;
      byEndpoint.set(exchange.step.endpoint, (byEndpoint.get(exchange.step.endpoint) ?? 0) + 1);
      const kinds = new Set<string>();
      for (const difference of exchange.differences)
        if (!kinds.has(difference.kind)) {
          kinds.add(difference.kind);
          add(difference, exchange);
        }
    },
  };
};

const short = (value: unknown, length = 300): string => {
  const plain = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const text = plain.replaceAll(/\p{Cc}/gu, ' ');
  return text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text;
};

const asLines = ({ endpoint, kind, count, variants, example: { difference, exchange } }: Found): string[] => {
  const { step, theirs, ours } = exchange;
  const query = step.query?.length ? `?${step.query.map(([name, value]) => `${name}=${value}`).join('&')}` : '';
  const inAnswer = isOutcome(kind) || kind.startsWith('content type');
  return [
    `${count}x ${endpoint}: ${kind}`,
    `    when: ${[...variants]
      .slice(0, 8)
      .map(([variant, times]) => `${short(variant, 90)}${times > 1 ? ` (${times})` : ''}`)
      .join(' | ')}${variants.size > 8 ? ` | and ${variants.size - 8} more` : ''}`,
    `    e.g.: ${step.method} ${short(step.path + query)} ${short(step.rawBody ?? step.body ?? '')}`,
    `    theirs: ${inAnswer ? short(theirs.text.replaceAll(/\s+/g, ' ')) : short(difference.theirs)}`,
    `    ours:   ${inAnswer ? short(ours.text.replaceAll(/\s+/g, ' ')) : short(difference.ours)}`,
  ];
};

/** What differs and is not meant to, the most frequent first, with one example of each. */
export const summary = (report: Report): string =>
  [
    ...report.found.toSorted((a, b) => b.count - a.count).flatMap(asLines),
    '',
    ...[...report.known].map(([{ what }, count]) => `known, ${count}x: ${what}`),
    `${report.requests} requests to ${report.byEndpoint.size} endpoints, ${report.found.length} kinds of unexplained difference`,
  ].join('\n');

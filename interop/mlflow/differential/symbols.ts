export type Side = 'theirs' | 'ours';

/** What stands for the ids of both servers: `«run 1»` is one value on the one and another on the other. */
export interface Symbols {
  /** A new symbol of that kind. */
  define(kind: string, values: Record<Side, string>): string;
  /** The value with every symbol replaced by what that server calls it. */
  resolve<T>(side: Side, value: T): T;
  /** The symbol of a server's id, if it has one. */
  named(side: Side, value: string): string | undefined;
}

const symbolPattern = /«[^»]+»/g;

export const createSymbols = (): Symbols => {
  const values = { theirs: new Map<string, string>(), ours: new Map<string, string>() };
  const names = { theirs: new Map<string, string>(), ours: new Map<string, string>() };
  const counts = new Map<string, number>();

  const resolve = (side: Side, value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replaceAll(symbolPattern, (symbol) => values[side].get(symbol) ?? symbol);
    if (Array.isArray(value)) return value.map((item) => resolve(side, item));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [resolve(side, key), resolve(side, item)]));
    return value;
  };

  return {
    define(kind, given) {
      const known = names.theirs.get(given.theirs);
      if (known !== undefined && known === names.ours.get(given.ours)) return known;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      const symbol = `«${kind} ${count}»`;
      for (const side of ['theirs', 'ours'] as const) {
        values[side].set(symbol, given[side]);
        names[side].set(given[side], symbol);
      }
      return symbol;
    },
    resolve: <T>(side: Side, value: T) => resolve(side, value) as T,
    named: (side, value) => names[side].get(value),
  };
};

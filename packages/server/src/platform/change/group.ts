import { isMillwrightError, type MillwrightError } from '#platform/errors';
import type { Change, ChangeContext, Changes } from './index.ts';

/** One of the requests that share a transaction. */
export interface Grouped<Input> {
  context: ChangeContext;
  input: Input;
}

interface Waiting<Input, Result> extends Grouped<Input> {
  key: string;
  weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface Grouping<Input, Result> {
  run(change: Change, items: readonly Grouped<Input>[]): Promise<readonly (Result | MillwrightError)[]>;
  /** How much of a transaction a request takes up; together at most `maxWeight`, or one alone. */
  weightOf(input: Input): number;
  maxWeight: number;
  /** Transactions that may be under way at once. Default 1. */
  atOnce?: number;
  /** What a request locks. Requests with the same key are never in two transactions at once. */
  keyOf(input: Input): string;
}

/** What is worth a transaction beside another one. For less than that its statements and its commit cost more than they gain. */
const worthItsOwn = 1000;

/**
 * Requests that arrive while a transaction is under way wait for the next one and share it: a commit costs the same
 * for one as for a hundred. Nothing waits for company. Each is answered after the commit that holds it.
 *
 * Where several transactions may be under way, each takes its share of what waits: while the database works on one, the
 * next is made ready, and those who were answered by one send what the one after the next will hold.
 *
 * `run` answers one result per request, in their order; a MillwrightError among them refuses that request alone, which
 * then must have changed nothing. When it throws, every request is tried again by itself, so that nobody fails for
 * somebody else's mistake.
 */
export const groupChanges = <Input, Result>(
  changes: Changes,
  { run, weightOf, maxWeight, atOnce = 1, keyOf }: Grouping<Input, Result>,
): ((context: ChangeContext, input: Input) => Promise<Result>) => {
  let waiting: Waiting<Input, Result>[] = [];
  const busy = new Set<string>();
  let underWay = 0;
  let isLooking = false;

  const settle = async (items: readonly Waiting<Input, Result>[]): Promise<void> => {
    const first = items[0] as Waiting<Input, Result>;
    try {
      const results = await changes.change(first.context, (change) => run(change, items));
      for (const [index, item] of items.entries()) {
        const result = results[index] as Result | MillwrightError;
        if (isMillwrightError(result)) item.reject(result);
        else item.resolve(result);
      }
    } catch (error) {
      const isShared = isMillwrightError(error) && error.status === 503;
      if (items.length === 1 || isShared) for (const item of items) item.reject(error);
      else for (const item of items) await settle([item]);
    }
  };

  const takeGroup = (): Waiting<Input, Result>[] => {
    const free = busy.size === 0 ? waiting : waiting.filter(({ key }) => !busy.has(key));
    const total = free.reduce((sum, { weight }) => sum + weight, 0);
    if (underWay > 0 && total < worthItsOwn) return [];
    const most = Math.min(maxWeight, Math.max(worthItsOwn, total / atOnce));
    let weight = 0;
    const group: Waiting<Input, Result>[] = [];
    for (const item of free) {
      weight += item.weight;
      if (group.length > 0 && weight > most) break;
      group.push(item);
    }
    const taken = new Set(group);
    waiting = waiting.filter((item) => !taken.has(item));
    return group;
  };

  const work = async (group: readonly Waiting<Input, Result>[]): Promise<void> => {
    const keys = new Set(group.map(({ key }) => key));
    for (const key of keys) busy.add(key);
    underWay += 1;
    await settle(group);
    underWay -= 1;
    for (const key of keys) busy.delete(key);
    begin();
  };

  const begin = (): void => {
    while (underWay < atOnce && waiting.length > 0) {
      const group = takeGroup();
      if (group.length === 0) break;
      void work(group);
    }
  };

  return (context, input) =>
    new Promise((resolve, reject) => {
      waiting.push({ context, input, key: keyOf(input), weight: weightOf(input), resolve, reject });
      if (isLooking || underWay >= atOnce) return;
      isLooking = true;
      // Whoever's request has arrived already, but was not looked at yet, comes along.
      setImmediate(() => {
        isLooking = false;
        begin();
      });
    });
};

import { isMillwrightError, type MillwrightError } from '#platform/errors';
import type { Change, ChangeContext, Changes } from './index.ts';

/** One of the requests that share a transaction. */
export interface Grouped<Input> {
  context: ChangeContext;
  input: Input;
}

interface Waiting<Input, Result> extends Grouped<Input> {
  weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Requests that arrive while a transaction is under way wait for the next one and share it: a commit costs the same
 * for one as for a hundred. Nothing waits for company. Each is answered after the commit that holds it.
 *
 * `run` answers one result per request, in their order; a MillwrightError among them refuses that request alone, which
 * then must have changed nothing. When it throws, every request is tried again by itself, so that nobody fails for
 * somebody else's mistake.
 */
export const groupChanges = <Input, Result>(
  changes: Changes,
  options: {
    run(change: Change, items: readonly Grouped<Input>[]): Promise<readonly (Result | MillwrightError)[]>;
    /** How much of a transaction a request takes up; together at most `maxWeight`, or one alone. */
    weightOf(input: Input): number;
    maxWeight: number;
  },
): ((context: ChangeContext, input: Input) => Promise<Result>) => {
  const waiting: Waiting<Input, Result>[] = [];
  let isRunning = false;

  const settle = async (items: readonly Waiting<Input, Result>[]): Promise<void> => {
    const first = items[0] as Waiting<Input, Result>;
    try {
      const results = await changes.change(first.context, (change) => options.run(change, items));
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
    let weight = 0;
    let count = 0;
    for (const item of waiting) {
      weight += item.weight;
      if (count > 0 && weight > options.maxWeight) break;
      count += 1;
    }
    return waiting.splice(0, count);
  };

  const work = async (): Promise<void> => {
    isRunning = true;
    // Whoever's request has arrived already, but was not looked at yet, comes along.
    await new Promise(setImmediate);
    while (waiting.length > 0) await settle(takeGroup());
    isRunning = false;
  };

  return (context, input) =>
    new Promise((resolve, reject) => {
      waiting.push({ context, input, weight: options.weightOf(input), resolve, reject });
      if (!isRunning) void work();
    });
};

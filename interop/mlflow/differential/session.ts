import { compare, type Difference, isOutcome } from './compare.ts';
import { normalise } from './normalise.ts';
import type { Random } from './random.ts';
import { createSymbols, type Side } from './symbols.ts';
import { type Answer, type Step, send } from './wire.ts';

/** One request and what both servers made of it. */
export interface Exchange {
  step: Step;
  theirs: Answer;
  ours: Answer;
  differences: Difference[];
}

/** The two servers now hold different things: what would follow says nothing more. */
export class Diverged extends Error {}

export interface Session {
  random: Random;
  /** A name nobody else uses, the same on both servers. */
  name(what: string): string;
  /** Sends to both. Rejects with Diverged when a change was made on one side only. */
  send(step: Step): Promise<Exchange>;
  /** As `send`, and answers the symbols of `step.captures`. Diverged when an answer lacks them. */
  capture(step: Step): Promise<Record<string, string>>;
  /**
   * As `send`, for what one side may take and the other refuse: only about things nothing else looks at. Once such a
   * change was made on one side only, no more than the outcome of probes is compared.
   */
  probe(step: Step): Promise<void>;
  /** Probes the request in several forms that are wrong somewhere. */
  malform(step: Step, count: number): Promise<void>;
}

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
      value,
    );

const ajaxShare = 0.08;
const readOnly = (step: Step): boolean => step.method === 'GET' || /search|get-latest-versions/.test(step.path);

const changedOneSide = ({ step, theirs, ours }: Exchange): boolean =>
  !readOnly(step) && theirs.status < 400 !== ours.status < 400;

export const createSession = (options: {
  addresses: Record<Side, string>;
  random: Random;
  prefix: string;
  seen(exchange: Exchange): void;
  malformed(step: Step, random: Random, prefix: string): Step;
}): Session => {
  const { addresses, random, prefix, seen } = options;
  const symbols = createSymbols();
  let names = 0;
  let probesDiverged = false;

  const twin = (step: Step): Step =>
    step.path.startsWith('/api/') && !step.path.includes('mlflow-artifacts') && random.chance(ajaxShare)
      ? { ...step, path: step.path.replace('/api/', '/ajax-api/') }
      : step;

  const exchange = async (given: Step, onlyOutcome: boolean): Promise<Exchange> => {
    const step = twin(given);
    const [theirs, ours] = await Promise.all([
      send(addresses.theirs, symbols.resolve('theirs', step)),
      send(addresses.ours, symbols.resolve('ours', step)),
    ]);
    for (const [kind, path] of Object.entries(step.captures ?? {})) {
      const values = { theirs: at(theirs.json, path), ours: at(ours.json, path) };
      if (typeof values.theirs === 'string' && typeof values.ours === 'string')
        symbols.define(kind, values as Record<Side, string>);
    }
    const differences = compare(normalise(theirs, 'theirs', symbols), normalise(ours, 'ours', symbols));
    const result = {
      step,
      theirs,
      ours,
      differences: onlyOutcome ? differences.filter(({ kind }) => isOutcome(kind)) : differences,
    };
    seen(result);
    return result;
  };

  const session: Session = {
    random,
    name: (what) => `${prefix}-${what}-${++names}`,
    async send(step) {
      const result = await exchange(step, false);
      if (changedOneSide(result)) throw new Diverged(step.endpoint);
      return result;
    },
    async probe(step) {
      if (changedOneSide(await exchange(step, probesDiverged))) probesDiverged = true;
    },
    async capture(step) {
      const { theirs, ours } = await session.send(step);
      return Object.fromEntries(
        Object.entries(step.captures ?? {}).map(([kind, path]) => {
          const values = { theirs: at(theirs.json, path), ours: at(ours.json, path) };
          if (typeof values.theirs !== 'string' || typeof values.ours !== 'string') throw new Diverged(step.endpoint);
          return [kind, symbols.define(kind, values as Record<Side, string>)];
        }),
      );
    },
    async malform(step, count) {
      for (let made = 0; made < count; made++) await session.probe(options.malformed(step, random, prefix));
    },
  };
  return session;
};

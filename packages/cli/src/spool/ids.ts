import { randomBytes, randomInt } from 'node:crypto';
import type { Store } from './store.ts';

/** 32 hexadecimal digits: 48 bits of time, so that they sort by it, and 80 random ones. */
export const newId = (nowMs: number): string =>
  nowMs.toString(16).padStart(12, '0').slice(-12) + randomBytes(10).toString('hex');

/**
 * The number of an experiment that the server has not made yet: 15 digits, the first a 9. Servers count from 0, and no
 * time in milliseconds has as many.
 */
export const newExperimentId = (): string =>
  `9${String(randomInt(10 ** 7)).padStart(7, '0')}${String(randomInt(10 ** 7)).padStart(7, '0')}`;

export const isProvisional = (experimentId: string): boolean => /^9\d{14}$/.test(experimentId);

const given = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])|(?<![\d.])9\d{14}(?![\d.])/g;
const hex = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g;

export interface Translation {
  text: string;
  /** Ids in it that the server does not know yet. */
  unknown: string[];
}

/**
 * What the spool called something, and what the server calls it. A server that takes the ids it is given (Millwright)
 * has the same; others give their own, and in all that is forwarded they stand in place of the spool's: in paths,
 * in fields, and in tags and model files' descriptions that hold them as text.
 */
export interface Ids {
  /** Within a commit. */
  give(id: string): void;
  /** Within a commit. */
  learn(id: string, real: string): void;
  realOf(id: string): string | null;
  /** Ids of the spool found in the text. */
  mentioned(text: string): string[];
  toServer(text: string): Translation;
  fromServer(text: string): string;
}

export const createIds = (store: Store): Ids => {
  const real = new Map<string, string | null>();
  const back = new Map<string, string>();
  const keep = (id: string, server: string | null): void => {
    real.set(id, server);
    if (server !== null && server !== id && server.length === 32) back.set(server, id);
  };
  for (const row of store.all<{ given: string; real: string | null }>('SELECT given, real FROM ids'))
    keep(row.given, row.real);
  return {
    give(id) {
      store.run('INSERT INTO ids (given, real) VALUES (?, NULL)', id);
      keep(id, null);
    },
    learn(id, server) {
      store.run('UPDATE ids SET real = ? WHERE given = ?', server, id);
      keep(id, server);
    },
    realOf: (id) => real.get(id) ?? null,
    mentioned: (text) => [...new Set((text.match(given) ?? []).filter((id) => real.has(id)))],
    toServer(text) {
      const unknown: string[] = [];
      const translated = text.replace(given, (id) => {
        const known = real.get(id);
        if (known === null) unknown.push(id);
        return known ?? id;
      });
      return { text: translated, unknown };
    },
    fromServer: (text) => (back.size === 0 ? text : text.replace(hex, (id) => back.get(id) ?? id)),
  };
};

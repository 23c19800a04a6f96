import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFiles, runTags, systemMetricPrefix } from './run-context.ts';

const python = readFileSync(
  join(import.meta.dirname, '..', '..', '..', 'clients', 'python', 'src', 'millwright', 'conventions.py'),
  'utf8',
);
/** A dictionary of the module: its literals are JSON but for the last comma. */
const dictionary = (name: string): Record<string, string> => {
  const text = new RegExp(`^${name} = (\\{[^}]*\\})`, 'm').exec(python)?.[1] ?? '';
  return JSON.parse(text.replace(/,\s*\}$/, '}')) as Record<string, string>;
};

describe('the conventions of run contexts', () => {
  it('are the same in the Python package', () => {
    // What the server writes of runs it trains itself is not the package's.
    const { platform, ...written } = runTags;
    expect(dictionary('TAGS')).toEqual(written);
    expect(platform).toMatch(/^millwright\./);
    expect(dictionary('FILES')).toEqual(runFiles);
    expect(/^SYSTEM_METRIC_PREFIX = "(.*)"/m.exec(python)?.[1]).toBe(systemMetricPrefix);
  });

  it('keep to their own names beside MLflow’s', () => {
    for (const tag of Object.values(runTags)) expect(tag).toMatch(/^millwright\./);
    for (const [name, path] of Object.entries(runFiles)) if (name !== 'images') expect(path).toMatch(/^millwright\//);
  });
});

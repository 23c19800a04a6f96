import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { asTable, type Figure } from './case.ts';
import { artifacts } from './cases/artifacts.ts';
import { auditRows } from './cases/audit-rows.ts';
import { coldStart } from './cases/cold-start.ts';
import { ingest } from './cases/ingest.ts';
import { jobClaims } from './cases/job-claims.ts';
import { largeStore } from './cases/large-store.ts';
import { mlflow, mlflowPostgres } from './cases/mlflow.ts';
import { operationOverhead } from './cases/operation-overhead.ts';
import { predictions } from './cases/predictions.ts';

const cases = [
  coldStart,
  operationOverhead,
  predictions,
  jobClaims,
  auditRows,
  artifacts,
  mlflow,
  mlflowPostgres,
  ingest,
  largeStore,
];
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const write = process.argv.includes('--write');

const groups: { name: string; figures: Figure[] | { skipped: string } }[] = [];
for (const one of cases) {
  if (wanted.length > 0 && !wanted.includes(one.name)) continue;
  const figures = await one.run((text) => process.stderr.write(`${one.name}: ${text}\n`));
  groups.push({ name: one.name, figures });
}
const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`;
process.stdout.write(`${machine}\n\n${asTable(groups)}\n`);

const out = join(import.meta.dirname, '..', '.cache', 'bench');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'results.json'), JSON.stringify({ machine, groups }, null, 2));

/** A section per case, so that one can be measured anew without the others. */
const writePage = (): void => {
  const page = join(import.meta.dirname, '..', 'docs', 'benchmarks.md');
  const [, ...before] = existsSync(page) ? readFileSync(page, 'utf8').split(/^## /m) : [];
  const sections = new Map(before.map((section) => [section.split('\n')[0] ?? '', section.trim()]));
  for (const group of groups) sections.set(group.name, `${group.name}\n\nOn ${machine}.\n\n${asTable([group])}`);
  const known = cases.flatMap(({ name }) => sections.get(name) ?? []);
  writeFileSync(
    page,
    `# Benchmarks

Printed by \`npm run bench -- --write\`, or for one section \`npm run bench -- NAME --write\`. The load comes from a second process on the same machine, so both share the cores. Ratios travel
between machines; absolute figures do not.

${known.map((section) => `## ${section}\n`).join('\n')}`,
  );
};
if (write) writePage();

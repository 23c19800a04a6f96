import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { asTable, type Figure } from './case.ts';
import { auditRows } from './cases/audit-rows.ts';
import { coldStart } from './cases/cold-start.ts';
import { jobClaims } from './cases/job-claims.ts';
import { mlflow } from './cases/mlflow.ts';
import { operationOverhead } from './cases/operation-overhead.ts';
import { predictions } from './cases/predictions.ts';

const cases = [coldStart, operationOverhead, predictions, jobClaims, auditRows, mlflow];
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const write = process.argv.includes('--write');

const groups: { name: string; figures: Figure[] | { skipped: string } }[] = [];
for (const one of cases) {
  if (wanted.length > 0 && !wanted.includes(one.name)) continue;
  const figures = await one.run((text) => process.stderr.write(`${one.name}: ${text}\n`));
  groups.push({ name: one.name, figures });
}
const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`;
const table = asTable(groups);
process.stdout.write(`${machine}\n\n${table}\n`);

const out = join(import.meta.dirname, '..', '.cache', 'bench');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'results.json'), JSON.stringify({ machine, groups }, null, 2));
if (write)
  writeFileSync(
    join(import.meta.dirname, '..', 'docs', 'benchmarks.md'),
    `# Benchmarks\n\nPrinted by \`npm run bench -- --write\` on ${machine}. The load comes from a second process on the same machine, so both share the cores. Ratios travel between machines; absolute figures do not.\n\n${table}\n`,
  );

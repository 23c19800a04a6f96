import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type AuditRow, MillwrightError } from '@millwright/contract';
import {
  createLog,
  createPlatform,
  createVerifier,
  loadConfig,
  stopPlatform,
  systemClock,
  verifyAuditChain,
} from '@millwright/server';
import { UsageError, parseArguments, takeText } from '../arguments.ts';

const report = (rows: number, problems: { seq: number; problem: string }[]): number => {
  for (const problem of problems.slice(0, 50)) process.stdout.write(`  ${problem.problem}\n`);
  process.stdout.write(
    problems.length === 0 ? `intact: ${rows} rows\n` : `NOT intact: ${problems.length} problems in ${rows} rows\n`,
  );
  return problems.length === 0 ? 0 : 1;
};

/** The file of `millwright audit export`, without any server or database. With the key the seal of the head is checked too. */
const verifyFile = async (path: string, key: string | null): Promise<number> => {
  const verifier = createVerifier(key);
  let head: { seq: number; hash: string; seal: string } | null = null;
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line === '') continue;
    let entry: AuditRow | { head: typeof head };
    try {
      entry = JSON.parse(line) as AuditRow | { head: typeof head };
    } catch {
      throw new MillwrightError(
        'INVALID_INPUT',
        `line ${number} of ${path} is not JSON: this is no export of the audit trail, or it was cut off`,
      );
    }
    if ('head' in entry) head = entry.head;
    // Spelled otherwise than we spell it, a line could show a reader something else than what is checked.
    else verifier.add(entry, JSON.stringify(entry) === line);
  }
  const { rows, problems } = verifier.finish(head);
  const code = report(rows, problems);
  if (key === null)
    process.stdout.write(
      'The seal of the head was not checked: pass --key-file with the instance.key of the data folder.\n',
    );
  return code;
};

export const auditVerify = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv);
  if (words.length > 1) throw new UsageError('millwright audit verify [FILE [--key-file FILE]] [--data-dir FOLDER]');
  const keyFile = takeText(flags, '--key-file');
  const key = keyFile === undefined ? null : readFileSync(keyFile, 'utf8').trim();
  if (words[0] !== undefined) return verifyFile(words[0], key);
  const { config } = loadConfig({ flags });
  const platform = await createPlatform({
    config,
    log: createLog({ level: 'error', clock: systemClock, write: (line) => process.stderr.write(line) }),
  });
  try {
    const verdict = await verifyAuditChain(platform.database.db, platform.auditKey);
    return report(verdict.rows, verdict.problems);
  } finally {
    await stopPlatform(platform);
  }
};

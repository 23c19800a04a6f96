import { MillwrightError } from '@millwright/contract';
import type { ImportFormat } from '@millwright/server';
import { UsageError } from './arguments.ts';

interface Command {
  summary: string;
  run(argv: string[]): Promise<number>;
}

/** What is read, by the name of its format. */
const imports: Record<ImportFormat, string> = {
  mlflow: 'a database of MLflow',
  mlruns: "a folder mlruns of MLflow's clients",
  tensorboard: 'event files of TensorBoard',
  wandb: 'a folder wandb of W&B, logged offline or not',
  'wandb-table': 'the table of runs that the pages of W&B export as CSV',
  neptune: "what Neptune's exporter wrote",
  parquet: 'what `millwright export` wrote',
};

/** Loaded when called: `millwright datasets list` need not wait for the server's code. */
export const commands: Record<string, Command> = {
  up: {
    summary: 'start the server (and its worker)',
    run: async (argv) => (await import('./commands/up.ts')).up(argv, { worker: false }),
  },
  worker: {
    summary: 'start a worker without the HTTP interface (PostgreSQL)',
    run: async (argv) => (await import('./commands/up.ts')).up(argv, { worker: true }),
  },
  demo: {
    summary: 'watch the loop close: train, release, drift, retrain, replace',
    run: async (argv) => (await import('./commands/demo.ts')).demo(argv),
  },
  doctor: {
    summary: 'show the configuration and check disk, port, database and storage',
    run: async (argv) => (await import('./commands/doctor.ts')).doctor(argv),
  },
  spool: {
    summary: "keep what MLflow's clients on this machine log, and forward it when the server is there",
    run: async (argv) => (await import('./spool/command.ts')).spool(argv),
  },
  'spool status': {
    summary: 'show what waits to be forwarded and what the server refused',
    run: async (argv) => (await import('./spool/command.ts')).spoolStatus(argv),
  },
  'spool drain': {
    summary: 'wait until everything is forwarded (--timeout SECONDS)',
    run: async (argv) => (await import('./spool/command.ts')).spoolDrain(argv),
  },
  'spool retry': {
    summary: 'forward again what the server refused',
    run: async (argv) => (await import('./spool/command.ts')).spoolRetry(argv),
  },
  'audit verify': {
    summary: 'check the audit chain of the data folder, or of an exported FILE',
    run: async (argv) => (await import('./commands/audit-verify.ts')).auditVerify(argv),
  },
  'users create-admin': {
    summary: 'create the first admin of an instance',
    run: async (argv) => (await import('./commands/create-admin.ts')).createAdmin(argv),
  },
  backup: {
    summary: 'save a running embedded instance to a FILE',
    run: async (argv) => (await import('./commands/backup.ts')).backup(argv),
  },
  gc: {
    summary: 'delete contents that nothing refers to (--dry-run: only count them)',
    run: async (argv) => (await import('./commands/gc.ts')).gc(argv),
  },
  ...Object.fromEntries(
    Object.entries(imports).map(([format, summary]): [string, Command] => [
      `import ${format}`,
      {
        summary: `read ${summary} into a project (while no server uses the data folder)`,
        run: async (argv) => (await import('./commands/import.ts')).importFrom(format as ImportFormat, argv),
      },
    ]),
  ),
  'artifacts put': {
    summary: 'store a file with a run; a large one goes on where it stopped',
    run: async (argv) => (await import('./transfers/put.ts')).putFile(argv),
  },
  'artifacts get': {
    summary: 'download a file of a run, going on where it stopped, and check its digest',
    run: async (argv) => (await import('./transfers/get.ts')).getFile(argv),
  },
  'model-versions download': {
    summary: 'download the files of a model version and check every byte against its digest',
    run: async (argv) => (await import('./commands/download-version.ts')).downloadVersion(argv),
  },
  export: {
    summary: 'write everything of a project as Parquet into a folder (--to FOLDER, --files: the files too)',
    run: async (argv) => (await import('./commands/export.ts')).exportTo(argv),
  },
  sql: {
    summary: 'ask a question in SQL of the runs and models of a project',
    run: async (argv) => (await import('./commands/sql.ts')).sql(argv),
  },
  restore: {
    summary: 'unpack a backup FILE into a new data folder',
    run: async (argv) => (await import('./commands/backup.ts')).restore(argv),
  },
};

const usage = async (): Promise<string> => {
  const { operationCommands } = await import('./operations.ts');
  const own = Object.entries(commands).map(([name, command]) => `  ${name.padEnd(26)} ${command.summary}`);
  const called = operationCommands().map(([name, op]) => `  ${name.padEnd(26)} ${op.summary}`);
  return [
    'Usage: millwright COMMAND',
    '',
    ...own,
    '',
    'On a running server (--server URL, --token TOKEN, --project NAME; or MILLWRIGHT_URL, _TOKEN, _PROJECT):',
    '',
    ...called,
    '',
    'millwright COMMAND --help says more about one.',
    '',
  ].join('\n');
};

const explain = (error: unknown): string => {
  if (error instanceof MillwrightError) {
    const problems = (error.extra['problems'] ?? []) as {
      path?: string;
      line?: number;
      column?: string;
      message: string;
    }[];
    const lines = problems.map(
      (problem) =>
        `  ${[problem.path, problem.line === undefined || problem.line === null ? null : `line ${problem.line}`, problem.column].filter(Boolean).join(', ')}: ${problem.message}`,
    );
    return [`${error.code}: ${error.message}`, ...lines].join('\n');
  }
  return error instanceof Error ? error.message : String(error);
};

/** Runs one command. Answers the exit code: 0 done, 1 refused or failed, 2 not understood. */
export const main = async (argv: string[]): Promise<number> => {
  const two = argv.slice(0, 2).join(' ');
  const name = two in commands ? two : (argv[0] ?? '');
  try {
    if (name === '' || name === 'help' || name === '--help' || name === '-h') {
      process.stdout.write(await usage());
      return name === '' ? 2 : 0;
    }
    if (name === '--version' || name === 'version') {
      const { version } = await import('@millwright/server');
      process.stdout.write(`${version}\n`);
      return 0;
    }
    const command = commands[name];
    if (command) return await command.run(argv.slice(name.split(' ').length));
    const { callOperation } = await import('./operations.ts');
    return await callOperation(argv);
  } catch (error) {
    process.stderr.write(`millwright: ${explain(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
};

import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { RecordedCommand } from './command.ts';
import type { Executor, ProcessWatch } from './executor/port.ts';
import { minorOf, missingFrom, plainName, type RecordedPackages, requirementsOf } from './packages.ts';

/** Where one attempt does everything: nothing is written outside of it. */
export interface Workplace {
  folder: string;
  executor: Executor;
  /** What every program run here sees of an environment. */
  env: Readonly<Record<string, string>>;
  watch: ProcessWatch;
}

const minute = 60_000;
const fetchMs = 30 * minute;
const installMs = 60 * minute;

/** Runs a program that has to succeed. Answers what it wrote. */
const must = async (
  { executor, env, watch }: Workplace,
  argv: [string, ...string[]],
  options: { cwd: string; timeoutMs: number; quiet?: boolean; env?: Record<string, string> },
): Promise<string[]> => {
  const lines: string[] = [];
  const end = await executor.run(
    { argv, cwd: options.cwd, timeoutMs: options.timeoutMs, env: { ...env, ...options.env } },
    {
      signal: watch.signal,
      onLine(line) {
        lines.push(line);
        if (lines.length > 10_000) lines.shift();
        if (!options.quiet) watch.onLine(line);
      },
    },
  );
  if (end.timedOut) throw new Error(`${argv[0]} took longer than ${options.timeoutMs / minute} minutes`);
  if (end.exitCode !== 0)
    throw new Error(`${argv[0]} ended with ${end.exitCode ?? end.signal}: ${lines.slice(-3).join(' ').slice(0, 500)}`);
  return lines;
};

/** No hook, no transport but the one that was checked, no prompt, no configuration of this machine. */
const gitOptions = (transport: string): string[] =>
  [
    'protocol.allow=never',
    `protocol.${transport}.allow=always`,
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.symlinks=true',
    'advice.detachedHead=false',
  ].flatMap((option) => ['-c', option]);

const gitEnvironment = (transport: string) => ({
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: transport,
  GIT_LFS_SKIP_SMUDGE: '1',
});

/** The code as it was: the commit, and the changes that were made to it. Answers its folder. */
export const checkOut = async (
  place: Workplace,
  { repository, transport, commit }: RecordedCommand,
  diffFile: string | null,
): Promise<string> => {
  const { folder, watch } = place;
  const code = join(folder, 'code');
  const git = (args: string[], cwd = code) =>
    must(place, ['git', ...gitOptions(transport), ...args], {
      cwd,
      timeoutMs: fetchMs,
      env: gitEnvironment(transport),
    });
  watch.onLine(`fetching ${repository}`);
  await git(['clone', '--quiet', '--no-checkout', '--template=', '--', repository, code], folder);
  await git(['checkout', '--quiet', '--detach', commit]);
  watch.onLine(`checked out ${commit}`);
  if (diffFile !== null) {
    await git(['apply', '--whitespace=nowarn', '--', diffFile]);
    watch.onLine('applied the changes that were kept with the run');
  }
  return code;
};

/** A line of its own for each, as long lines are cut. */
const probe = [
  'import importlib.metadata as m, platform',
  'print(platform.python_version())',
  'for d in m.distributions():',
  '    if d.metadata and d.metadata["Name"]: print(d.metadata["Name"] + "==" + d.version)',
].join('\n');

interface Interpreter {
  path: string;
  version: string;
  installed: Map<string, string>;
}

const examine = async (place: Workplace, path: string): Promise<Interpreter | null> => {
  try {
    const lines = await must(place, [path, '-c', probe], { cwd: place.folder, timeoutMs: minute, quiet: true });
    const version = lines.shift() ?? '';
    const installed = new Map(
      // Of two on the path, Python imports the first.
      lines.toReversed().map((line) => [plainName(line.split('==')[0] ?? ''), line.split('==')[1] ?? '']),
    );
    return { path, version, installed };
  } catch (error) {
    place.watch.signal.throwIfAborted();
    place.watch.onLine(`the interpreter ${path} cannot be used: ${(error as Error).message}`);
    return null;
  }
};

export interface Environment {
  python: string;
  /** Which one it is, for people. */
  description: string;
  env: Record<string, string>;
}

/**
 * An interpreter with the recorded packages: one of the operator's where it has them all, else an environment made for
 * this attempt. Errors: an Error that says which interpreter is missing.
 */
export const chooseEnvironment = async (
  place: Workplace,
  pythons: readonly string[],
  recorded: { python: string | null; packages: RecordedPackages },
): Promise<Environment> => {
  const { folder, watch, env } = place;
  const found: Interpreter[] = [];
  for (const path of pythons) {
    const one = await examine(place, path);
    if (one) found.push(one);
  }
  const isRight = (one: Interpreter) => recorded.python === null || minorOf(one.version) === minorOf(recorded.python);
  const agreeing = found.find((one) => isRight(one) && missingFrom(recorded.packages, one.installed).length === 0);
  if (recorded.packages.others.length > 0)
    watch.onLine(`not from an index, and left out: ${recorded.packages.others.slice(0, 5).join('; ')}`);
  if (agreeing) {
    const note = recorded.packages.pinned.size > 0 ? 'which has the recorded packages' : 'as no packages were recorded';
    const description = `Python ${agreeing.version} at ${agreeing.path}, ${note}`;
    watch.onLine(`using ${description}`);
    return { python: agreeing.path, description, env: {} };
  }
  const base = found.find(isRight);
  if (!base)
    throw new Error(
      `no interpreter for Python ${recorded.python ?? ''} here (found: ${found.map(({ version }) => version).join(', ') || 'none'}). The operator names them by --process-pythons.`,
    );
  const nearest = missingFrom(recorded.packages, base.installed);
  watch.onLine(
    `${base.path} lacks ${nearest.length} of ${recorded.packages.pinned.size} packages (${nearest
      .slice(0, 3)
      .map(({ name, wanted }) => `${name} ${wanted}`)
      .join(', ')}${nearest.length > 3 ? ', …' : ''}): making an environment`,
  );
  const home = join(folder, 'environment');
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, requirementsOf(recorded.packages));
  await must(place, [base.path, '-m', 'venv', home], { cwd: folder, timeoutMs: installMs });
  const python = join(home, 'bin', 'python');
  // All of them were recorded: what they need is among them.
  const install = ['install', '--no-input', '--disable-pip-version-check', '--quiet', '--no-deps', '-r', requirements];
  await must(place, [python, '-m', 'pip', ...install], { cwd: folder, timeoutMs: installMs });
  const description = `Python ${base.version} in an environment made with ${recorded.packages.pinned.size} recorded packages`;
  watch.onLine(`using ${description}`);
  const path = `${join(home, 'bin')}${delimiter}${env['PATH'] ?? ''}`;
  return { python, description, env: { VIRTUAL_ENV: home, PATH: path } };
};

/** Folders for what programs write beside their work. */
export const makeFolders = async (folder: string): Promise<{ HOME: string; TMPDIR: string }> => {
  const folders = { HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp') };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  return folders;
};

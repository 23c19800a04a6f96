import { createServer } from 'node:net';
import {
  type Config,
  createLog,
  createPlatform,
  examine,
  loadConfig,
  messageOf,
  shownConfig,
  stopPlatform,
  systemClock,
  version,
} from '@millwright/server';
import { parseArguments, takeText } from '../arguments.ts';

interface Line {
  check: string;
  state: 'ok' | 'warning' | 'failed';
  message: string;
  advice: string | null;
}

const portLine = (config: Config): Promise<Line> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      resolve({
        check: 'port',
        state: 'warning',
        message: `${config.host}:${config.port} cannot be opened: ${error.code}`,
        advice: 'If Millwright runs there, all is well. Otherwise choose another with --port.',
      }),
    );
    probe.listen(config.port, config.host, () =>
      probe.close(() =>
        resolve({ check: 'port', state: 'ok', message: `${config.host}:${config.port} is free`, advice: null }),
      ),
    );
  });

const mark = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const;

/** Shows what is configured and from where, then tries everything the server needs. Exit code 1 when something failed. */
export const doctor = async (argv: string[]): Promise<number> => {
  const { flags } = parseArguments(argv);
  const file = takeText(flags, '--config');
  const loaded = loadConfig({ flags, ...(file === undefined ? {} : { file }) });
  const write = (text: string) => process.stdout.write(`${text}\n`);
  write(`Millwright ${version} on Node ${process.version}, ${process.platform} ${process.arch}\n`);
  for (const setting of shownConfig(loaded))
    write(`  ${setting.key.padEnd(24)} ${setting.value.padEnd(28)} ${setting.origin}`);
  write('');
  const lines: Line[] = [await portLine(loaded.config)];
  const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });
  try {
    const platform = await createPlatform({ config: loaded.config, log });
    lines.push(...(await examine(platform)));
    await stopPlatform(platform);
  } catch (error) {
    lines.push({
      check: 'start',
      state: 'failed',
      message: messageOf(error),
      advice: 'Mend this first; the other checks need it.',
    });
  }
  for (const line of lines)
    write(
      `  ${mark[line.state]}  ${line.check.padEnd(10)} ${line.message}${line.advice === null ? '' : `\n                      ${line.advice}`}`,
    );
  return lines.some((line) => line.state === 'failed') ? 1 : 0;
};

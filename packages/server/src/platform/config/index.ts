import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, type Setting, settings } from './settings.ts';

export { processEnvironment } from './process-environment.ts';
export { silenceForeignTelemetry } from './foreign-telemetry.ts';
export { settings } from './settings.ts';
export type { Config, Setting } from './settings.ts';

export interface LoadedConfig {
  config: Config;
  /** Where each value came from. */
  origins: Record<string, 'flag' | 'environment' | 'file' | 'default'>;
}

export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const read = (setting: Setting, raw: unknown, from: string, problems: string[]): unknown => {
  const complain = (why: string) => {
    problems.push(`${setting.flag} (${setting.env}, from ${from}): ${why}`);
    return setting.default;
  };
  if (setting.kind === 'integer') {
    const value = typeof raw === 'number' ? raw : /^-?\d+$/.test(String(raw)) ? Number(raw) : Number.NaN;
    if (!Number.isSafeInteger(value)) return complain(`'${raw}' is not a whole number`);
    if (setting.minimum !== undefined && value < setting.minimum)
      return complain(`must be at least ${setting.minimum}`);
    if (setting.maximum !== undefined && value > setting.maximum) return complain(`must be at most ${setting.maximum}`);
    return value;
  }
  if (setting.kind === 'boolean') {
    if (raw === true || raw === 'true' || raw === '1') return true;
    if (raw === false || raw === 'false' || raw === '0') return false;
    return complain(`'${raw}' is neither true nor false`);
  }
  if (typeof raw !== 'string') return complain('must be text');
  if (setting.kind === 'choice' && !setting.choices?.includes(raw))
    return complain(`'${raw}' is none of ${setting.choices?.join(', ')}`);
  return raw;
};

/** Flags win over the environment, that over `millwright.json`, that over the defaults. Unknown names are refused. */
export const loadConfig = (
  options: { flags?: Record<string, string | boolean>; env?: Record<string, string | undefined>; file?: string } = {},
): LoadedConfig => {
  const env = options.env ?? process.env;
  const flags = options.flags ?? {};
  const problems: string[] = [];
  const path = resolve(options.file ?? (env['MILLWRIGHT_CONFIG'] || 'millwright.json'));
  let file: Record<string, unknown> = {};
  if (existsSync(path)) {
    try {
      const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (typeof content !== 'object' || content === null || Array.isArray(content))
        problems.push(`${path} must hold one JSON object`);
      else file = content as Record<string, unknown>;
    } catch (error) {
      problems.push(`${path} is not valid JSON: ${(error as Error).message}`);
    }
  } else if (options.file !== undefined || env['MILLWRIGHT_CONFIG']) problems.push(`the file ${path} does not exist`);
  const known = new Set<string>(settings.map((setting) => setting.key));
  for (const key of Object.keys(file)) if (!known.has(key)) problems.push(`${path}: there is no setting '${key}'`);
  const knownFlags = new Set<string>(settings.map((setting) => setting.flag));
  for (const flag of Object.keys(flags)) if (!knownFlags.has(flag)) problems.push(`there is no flag ${flag}`);

  const config: Record<string, unknown> = {};
  const origins: LoadedConfig['origins'] = {};
  for (const setting of settings as readonly Setting[]) {
    const fromEnv = env[setting.env];
    const [raw, origin] =
      setting.flag in flags
        ? [flags[setting.flag], 'flag' as const]
        : fromEnv !== undefined && fromEnv !== ''
          ? [fromEnv, 'environment' as const]
          : setting.key in file
            ? [file[setting.key], 'file' as const]
            : [setting.default, 'default' as const];
    origins[setting.key] = origin;
    config[setting.key] = raw === null ? null : read(setting, raw, origin, problems);
  }
  if (config['blobStore'] === 's3' && !config['s3Bucket'])
    problems.push('--blob-store s3 needs --s3-bucket (MILLWRIGHT_S3_BUCKET)');
  const direct = config['s3DirectEndpoint'];
  if (typeof direct === 'string' && !/^https?:\/\/[^/]/.test(direct))
    problems.push('--s3-direct-endpoint must begin with https:// or http://');
  const url = config['databaseUrl'];
  if (typeof url === 'string' && !/^postgres(ql)?:\/\//.test(url))
    problems.push('--database-url must begin with postgres://');
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: { ...config, dataDir: resolve(String(config['dataDir'])) } as Config, origins };
};

/** For showing: secrets are replaced. */
export const shownConfig = (loaded: LoadedConfig): { key: string; value: string; origin: string; help: string }[] =>
  (settings as readonly Setting[]).map((setting) => {
    const value = loaded.config[setting.key as keyof Config];
    return {
      key: setting.key,
      value: value === null ? '-' : setting.secret ? '[set]' : String(value),
      origin: loaded.origins[setting.key] ?? 'default',
      help: setting.help,
    };
  });

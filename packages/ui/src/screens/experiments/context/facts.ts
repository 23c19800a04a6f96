import { type Run, type RunEnergy, type RunHost, foreignRunTags, runTags } from '@millwright/contract';

/** What a run says of its code; null where it says nothing of it. */
export interface CodeFacts {
  commit: string | null;
  branch: string | null;
  repository: string | null;
  isDirty: boolean | null;
  isDiffCut: boolean;
  command: string[] | null;
  workdir: string | null;
  python: string | null;
  /** Of this server, for runs that it trained. */
  platform: string | null;
}

/** A tag is what its client wrote: it may be anything. */
const parsed = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOr = <T>(value: unknown, otherwise: T): number | T => (typeof value === 'number' ? value : otherwise);

export const codeFacts = (tags: Run['tags']): CodeFacts => {
  const command = parsed(tags[runTags.command]);
  const words = Array.isArray(command) ? command.filter((word) => typeof word === 'string') : [];
  const source = tags[foreignRunTags.sourceName];
  const dirty = tags[runTags.gitDirty];
  return {
    commit: tags[runTags.gitCommit] ?? tags[foreignRunTags.gitCommit] ?? null,
    branch: tags[runTags.gitBranch] ?? tags[foreignRunTags.gitBranch] ?? null,
    repository: tags[runTags.gitRepository] ?? tags[foreignRunTags.gitRepository] ?? null,
    isDirty: dirty === undefined ? null : dirty === 'true',
    isDiffCut: tags[runTags.gitDiff] === 'cut',
    command: words.length > 0 ? words : source ? [source] : null,
    workdir: tags[runTags.workdir] ?? null,
    python: tags[runTags.python] ?? null,
    platform: tags[runTags.platform] ?? null,
  };
};

/** As one types it: words with anything else than plain characters in quotes. */
export const commandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

/** The page of a commit on the usual hosts of repositories; null for an address of another form. */
export const commitAddress = (repository: string | null, commit: string | null): string | null => {
  if (repository === null || commit === null || !/^[0-9a-f]{7,64}$/.test(commit)) return null;
  const [, host = '', path = ''] =
    /^(?:https?:\/\/|ssh:\/\/(?:[^@/]+@)?|git@)([A-Za-z0-9.-]+)(?::\d+)?[/:]([A-Za-z0-9_.~/-]+?)(?:\.git)?\/?$/.exec(
      repository,
    ) ?? [];
  return host && path && !path.includes('..') ? `https://${host}/${path}/commit/${commit}` : null;
};

export const seedsOf = (tags: Run['tags']): [string, string][] => {
  const seeds = parsed(tags[runTags.seeds]);
  return isRecord(seeds) ? Object.entries(seeds).map(([source, seed]) => [source, String(seed)]) : [];
};

export const hostOf = (content: string): RunHost | null => {
  const host = parsed(content);
  if (!isRecord(host)) return null;
  const cpu = isRecord(host['cpu']) ? host['cpu'] : {};
  const gpus = Array.isArray(host['gpus']) ? host['gpus'].filter(isRecord) : [];
  return {
    hostname: text(host['hostname']),
    os: text(host['os']),
    architecture: text(host['architecture']),
    runtime: text(host['runtime']),
    cpu: { model: text(cpu['model']), count: numberOr(cpu['count'], 0), limit: numberOr(cpu['limit'], null) },
    memoryBytes: numberOr(host['memoryBytes'], null),
    memoryLimitBytes: numberOr(host['memoryLimitBytes'], null),
    gpus: gpus.map((gpu) => ({
      name: text(gpu['name']),
      memoryBytes: numberOr(gpu['memoryBytes'], null),
      driver: text(gpu['driver']) || null,
    })),
  };
};

export const energyOf = (tags: Run['tags']): RunEnergy | null => {
  const energy = parsed(tags[runTags.energy]);
  if (!isRecord(energy) || typeof energy['kilowattHours'] !== 'number') return null;
  const parts = Array.isArray(energy['parts']) ? energy['parts'].filter(isRecord) : [];
  return {
    kilowattHours: energy['kilowattHours'],
    seconds: numberOr(energy['seconds'], 0),
    parts: parts.map((part) => ({
      part: text(part['part']) as RunEnergy['parts'][number]['part'],
      kilowattHours: numberOr(part['kilowattHours'], 0),
      method: part['method'] === 'measured' ? 'measured' : 'estimated',
      source: text(part['source']),
    })),
  };
};

/** Small amounts in units people can read: a short run takes fractions of a watt-hour. */
export const formatEnergy = (kilowattHours: number): string => {
  const [value, unit] =
    kilowattHours >= 1
      ? [kilowattHours, 'kWh']
      : kilowattHours >= 1e-3
        ? [kilowattHours * 1e3, 'Wh']
        : [kilowattHours * 1e6, 'mWh'];
  return `${Number(value.toPrecision(3))} ${unit}`;
};

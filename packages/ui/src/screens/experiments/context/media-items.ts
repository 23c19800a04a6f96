import { type Artifact, type ConfusionMatrix, type RunCurve, type Run, runFiles } from '@millwright/contract';

export type MediaKind = 'image' | 'table' | 'text' | 'audio' | 'confusion-matrix' | 'curve';
/** A name with what was logged under it, by step. */
export interface MediaItem {
  kind: MediaKind;
  name: string;
  steps: { step: number; artifact: Artifact }[];
}

const folders: readonly (readonly [folder: string, kind: MediaKind, ending: string])[] = [
  [runFiles.tables, 'table', 'json'],
  [runFiles.texts, 'text', 'txt'],
  [runFiles.audio, 'audio', 'wav'],
  [runFiles.confusionMatrices, 'confusion-matrix', 'json'],
  [runFiles.curves, 'curve', 'json'],
];
const rasters = /\.(?:png|jpe?g|webp|gif)$/i;

const placeOf = (path: string): { kind: MediaKind; name: string; step: number } | null => {
  for (const [folder, kind, ending] of folders) {
    const [, name, step] = path.startsWith(folder)
      ? (/^([^/]+)\/(-?\d+)\.(\w+)$/.exec(path.slice(folder.length)) ?? [])
      : [];
    if (name !== undefined && path.endsWith(`.${ending}`)) return { kind, name, step: Number(step) };
  }
  // MLflow's: `<key>+step+<n>+timestamp+<ms>+<id>.png`, earlier versions with `%`; beside it a compressed copy.
  const [, name, step] = /^([^/]+?)[+%]step[+%](-?\d+)[+%]timestamp[+%]/.exec(path.slice(runFiles.images.length)) ?? [];
  const isImage = path.startsWith(runFiles.images) && rasters.test(path) && !/[+%]compressed\.\w+$/.test(path);
  return isImage && name !== undefined ? { kind: 'image', name, step: Number(step) } : null;
};

/** Tables that a program logs with MLflow's own function, wherever they lie. */
const foreignTables = (tags: Run['tags']): Set<string> => {
  try {
    const logged: unknown = JSON.parse(tags['mlflow.loggedArtifacts'] ?? '[]');
    const named = (Array.isArray(logged) ? logged : []) as { path?: unknown; type?: unknown }[];
    return new Set(named.flatMap((one) => (one?.type === 'table' && typeof one.path === 'string' ? one.path : [])));
  } catch {
    return new Set();
  }
};

/** What a run logged to be looked at, by kind and name. `~` stands for a slash in names. */
export const mediaItems = (artifacts: readonly Artifact[], tags: Run['tags']): MediaItem[] => {
  const tables = foreignTables(tags);
  const items = new Map<string, MediaItem>();
  for (const artifact of artifacts) {
    const isForeign = tables.has(artifact.path) && artifact.path.endsWith('.json');
    const place =
      placeOf(artifact.path) ?? (isForeign ? { kind: 'table' as const, name: artifact.path, step: 0 } : null);
    if (place === null) continue;
    const name = place.name.replaceAll('~', '/');
    const key = `${place.kind} ${name}`;
    const item = items.get(key) ?? { kind: place.kind, name, steps: [] };
    item.steps.push({ step: place.step, artifact });
    items.set(key, item);
  }
  for (const item of items.values())
    item.steps.sort((a, b) => a.step - b.step || a.artifact.createdAt - b.artifact.createdAt);
  return [...items.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

const record = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const readMatrix = (text: string): ConfusionMatrix | null => {
  const content = record(text);
  const labels = list(content?.['labels']).map(String);
  const counts = list(content?.['counts']).map((row) => list(row).map(Number));
  const isSquare = labels.length > 0 && counts.length === labels.length;
  return isSquare && counts.every((row) => row.length === labels.length && row.every(Number.isFinite))
    ? { labels, counts }
    : null;
};

const kinds = ['roc', 'precision-recall', 'calibration', 'line'] as const;
export const readCurve = (text: string): RunCurve | null => {
  const content = record(text);
  const series = list(content?.['series']).map((one) => one as Record<string, unknown> | null);
  if (content === null || series.length === 0) return null;
  const numbers = (values: unknown) => list(values).map((value) => (typeof value === 'number' ? value : Number.NaN));
  return {
    kind: kinds.find((kind) => kind === content['kind']) ?? 'line',
    xLabel: String(content['xLabel'] ?? 'x'),
    yLabel: String(content['yLabel'] ?? 'y'),
    series: series.map((one) => ({
      name: String(one?.['name'] ?? ''),
      x: numbers(one?.['x']),
      y: numbers(one?.['y']),
      score: typeof one?.['score'] === 'number' ? one['score'] : null,
    })),
  };
};

/** A table as pandas writes one split into columns and rows. */
export const readFrame = (text: string): string[][] | null => {
  const content = record(text);
  const columns = list(content?.['columns']).map(String);
  if (columns.length === 0) return null;
  const cell = (value: unknown) =>
    value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return [columns, ...list(content?.['data']).map((row) => list(row).map(cell))];
};

import type { Artifact, Run } from './experiments/index.ts';
import { runFiles } from './run-context.ts';

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

/** A data set as the client that read it describes it; name and digest together say which one it is. */
export interface InputDataset {
  name: string;
  digest: string;
  sourceType: string;
  /** Usually JSON, as everything below. */
  source: string;
  schema: string | null;
  profile: string | null;
}

export interface DatasetInput {
  dataset: InputDataset;
  /** What the run reads it for, e.g. `train`. */
  context: string | null;
  tags: Readonly<Record<string, string>>;
}

export interface ModelOutput {
  /** Of a logged model; one that is not here stays as its client names it. */
  modelId: string;
  step: number;
}

/** What a run read and made, in the order in which it was told. */
export interface RunLinks {
  datasets: DatasetInput[];
  /** Logged models it read. */
  models: string[];
  /** Logged models it made. */
  outputs: ModelOutput[];
}

export interface DatasetSummary {
  /** The number of the experiment. */
  experiment: number;
  name: string;
  digest: string;
  context: string | null;
}

/** The first of several that say the same. */
export const firstPer = <T>(items: readonly T[], keyOf: (item: T) => string): T[] => {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = keyOf(item);
    return !seen.has(key) && seen.add(key);
  });
};

export const keyOfDataset = ({ name, digest }: Pick<InputDataset, 'name' | 'digest'>): string =>
  JSON.stringify([name, digest]);

/** How the Python package names a data set version of ours as the source of what a run read. */
const ownSourceType = 'millwright';

/** The id of the version here that a data set says it is; whether there is one is another question. */
export const namedVersionOf = ({ sourceType, source }: Pick<InputDataset, 'sourceType' | 'source'>): string | null => {
  if (sourceType !== ownSourceType) return null;
  try {
    const id: unknown = (JSON.parse(source) as { versionId?: unknown } | null)?.versionId;
    return typeof id === 'string' && /^dsv_[0-9A-HJKMNP-TV-Z]{26}$/.test(id) ? id : null;
  } catch {
    return null;
  }
};

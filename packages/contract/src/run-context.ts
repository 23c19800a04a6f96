/**
 * What a run knows by itself: the tags and files that the Python package `millwright` writes over MLflow's wire, and
 * that the console and reproduction read. `clients/python/src/millwright/conventions.py` says the same; a test binds
 * the two. Runs that the platform starts itself are written with the same names.
 */
export const runTags = {
  /** The version of the package that recorded the rest. */
  client: 'millwright.client',
  gitCommit: 'millwright.git.commit',
  gitBranch: 'millwright.git.branch',
  /** Its address without user and password. */
  gitRepository: 'millwright.git.repository',
  /** `true` when files differ from the commit or lie beside it untracked. */
  gitDirty: 'millwright.git.dirty',
  /** Whether the file of the difference is all of it: `whole`, or `cut` where it was too large. */
  gitDiff: 'millwright.git.diff',
  /** JSON array: the arguments, the interpreter first; what looks like a secret is masked. */
  command: 'millwright.command',
  /** The working folder, relative to the top of the repository (`.` is the top); without one: absolute. */
  workdir: 'millwright.workdir',
  python: 'millwright.python',
  /** JSON object: from a source of random numbers to its seed, e.g. `{"numpy": 1}`. */
  seeds: 'millwright.seeds',
  /** JSON object: `RunEnergy`. */
  energy: 'millwright.energy',
  /** The version of the server, of runs that it trained itself: their code. */
  platform: 'millwright.platform',
} as const;

/** What MLflow's own client records of the same facts. */
export const foreignRunTags = {
  gitCommit: 'mlflow.source.git.commit',
  gitBranch: 'mlflow.source.git.branch',
  gitRepository: 'mlflow.source.git.repoURL',
  sourceName: 'mlflow.source.name',
} as const;

/** Files of a run; those that end with a slash are folders. */
export const runFiles = {
  /** `git diff HEAD`, binary files included. */
  diff: 'millwright/diff.patch',
  /** The names of the files that git does not track, one a line. */
  untracked: 'millwright/untracked.txt',
  /** `name==version` a line, as pip reads it; `name @ address` where it was installed from one. */
  packages: 'millwright/packages.txt',
  /** JSON: `RunHost`. */
  host: 'millwright/host.json',
  /**
   * `<epoch ms of its begin>-0001.log`, `-0002.log`, ... in the order of names, then `-tail.log`: the end, where what is
   * between was left out. A line is as in the logs of Kubernetes: `<time> stdout|stderr F <text>`.
   */
  output: 'millwright/output/',
  /** `<name>/<step>.<ending>` in each. */
  tables: 'millwright/media/tables/',
  texts: 'millwright/media/texts/',
  audio: 'millwright/media/audio/',
  confusionMatrices: 'millwright/media/confusion-matrices/',
  curves: 'millwright/media/curves/',
  /** MLflow's own folder of images with a key and a step. */
  images: 'images/',
} as const;

/** Metrics of the machine, named as MLflow's own monitor names them where it has them. */
export const systemMetricPrefix = 'system/';

export interface RunHost {
  hostname: string;
  os: string;
  architecture: string;
  /** What ran the code, e.g. `CPython 3.12.4`. */
  runtime: string;
  cpu: { model: string; count: number /** What the container may use. */; limit: number | null };
  memoryBytes: number | null;
  memoryLimitBytes: number | null;
  gpus: { name: string; memoryBytes: number | null; driver: string | null }[];
}

export interface RunEnergy {
  kilowattHours: number;
  seconds: number;
  parts: {
    part: 'cpu' | 'memory' | 'gpu';
    kilowattHours: number;
    method: 'measured' | 'estimated';
    /** Where the figure comes from: the counter that was read, or the formula with its numbers. */
    source: string;
  }[];
}

/** Rows are the true classes, columns the predicted ones. */
export interface ConfusionMatrix {
  labels: string[];
  counts: number[][];
}

export interface RunCurve {
  kind: 'roc' | 'precision-recall' | 'calibration' | 'line';
  xLabel: string;
  yLabel: string;
  series: { name: string; x: number[]; y: number[] /** E.g. the area under it. */; score: number | null }[];
}

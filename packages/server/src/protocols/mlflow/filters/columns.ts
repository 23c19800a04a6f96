/** What an MLflow client searches; each kind has its own columns. */
export type MlflowEntity = 'runs' | 'experiments' | 'registered-models' | 'model-versions' | 'logged-models';

/** What a column holds, and so what it may be compared with. */
export type ColumnKind =
  | 'text'
  | 'time'
  /** A time that is compared with whole milliseconds only. */
  | 'whole-time'
  | 'count'
  /** Upper case on the wire, lower case in the store. */
  | 'run-status'
  | 'model-status'
  | 'run-id'
  | 'model-id'
  /** Digits in quotes on the wire, a number in the store. */
  | 'experiment-number';

export interface MlflowColumn {
  /** Its native name. */
  name: string;
  kind: ColumnKind;
  /** Of an id: the native name of a column that has it as it is on the wire, so that all patterns can be asked for. */
  wire?: string;
}
/** What stands before the dot, or is left out (`attributes`). */
export type MlflowTable = 'attributes' | 'metrics' | 'parameters' | 'tags' | 'datasets';

export interface MlflowSearch {
  tables: Readonly<Record<string, MlflowTable>>;
  columns: Readonly<Record<string, MlflowColumn>>;
  /** Names in `order_by`, with their native ones; `tables`: keys below a dot may order too. */
  order: Readonly<Record<string, string>>;
  orderTables: readonly MlflowTable[];
  /** What stands before the dot may stand in back quotes. */
  quotesTables: boolean;
  /** An order may name a column with `attribute.` before it. */
  ordersAttributes: boolean;
  /** The same column twice in an order: an error, or of no effect. */
  refusesDuplicates: boolean;
  /** Text needs no quotes. */
  words: boolean;
}

const column = (name: string, kind: ColumnKind): MlflowColumn => ({ name, kind });
const namesOf = (columns: Readonly<Record<string, MlflowColumn>>, ...wire: string[]): Record<string, string> =>
  Object.fromEntries(wire.map((name) => [name, (columns[name] as MlflowColumn).name]));

const runs = {
  run_id: { ...column('id', 'run-id'), wire: 'hex' },
  run_name: column('name', 'text'),
  'run name': column('name', 'text'),
  'Run name': column('name', 'text'),
  'Run Name': column('name', 'text'),
  status: column('status', 'run-status'),
  user_id: column('userId', 'text'),
  artifact_uri: column('artifactUri', 'text'),
  start_time: column('startedAt', 'time'),
  created: column('startedAt', 'time'),
  Created: column('startedAt', 'time'),
  end_time: column('endedAt', 'time'),
};
const experiments = {
  name: column('name', 'text'),
  experiment_id: column('number', 'experiment-number'),
  creation_time: column('createdAt', 'whole-time'),
  last_update_time: column('updatedAt', 'whole-time'),
};
const versions = {
  name: column('modelName', 'text'),
  version_number: column('number', 'count'),
  // The registry keeps the spelling of the wire.
  run_id: column('runId', 'text'),
  source_path: column('source', 'text'),
};
const loggedModels = {
  name: column('name', 'text'),
  model_id: column('id', 'model-id'),
  model_type: column('modelType', 'text'),
  status: column('status', 'model-status'),
  source_run_id: column('sourceRunId', 'run-id'),
  creation_time: column('createdAt', 'time'),
  creation_timestamp: column('createdAt', 'time'),
  last_updated_timestamp: column('updatedAt', 'time'),
};

const ofTags = { attribute: 'attributes', tag: 'tags', tags: 'tags' } as const;

export const searches: Readonly<Record<MlflowEntity, MlflowSearch>> = {
  runs: {
    tables: {
      ...ofTags,
      attr: 'attributes',
      attributes: 'attributes',
      run: 'attributes',
      metric: 'metrics',
      metrics: 'metrics',
      param: 'parameters',
      params: 'parameters',
      parameter: 'parameters',
      parameters: 'parameters',
      dataset: 'datasets',
      datasets: 'datasets',
    },
    columns: runs,
    order: namesOf(
      runs,
      'run_id',
      'run_name',
      'status',
      'user_id',
      'artifact_uri',
      'start_time',
      'created',
      'Created',
      'end_time',
    ),
    orderTables: ['metrics', 'parameters', 'tags'],
    quotesTables: true,
    ordersAttributes: true,
    refusesDuplicates: true,
    words: false,
  },
  experiments: {
    tables: { ...ofTags, attributes: 'attributes' },
    columns: experiments,
    order: namesOf(experiments, ...Object.keys(experiments)),
    orderTables: [],
    quotesTables: false,
    ordersAttributes: true,
    refusesDuplicates: false,
    words: false,
  },
  'registered-models': {
    tables: ofTags,
    columns: { name: column('name', 'text') },
    // MLflow orders by the last change, whichever of the two is named.
    order: { name: 'name', timestamp: 'updatedAt', last_updated_timestamp: 'updatedAt' },
    orderTables: [],
    quotesTables: false,
    ordersAttributes: false,
    refusesDuplicates: true,
    words: false,
  },
  'model-versions': {
    tables: ofTags,
    columns: versions,
    order: {
      ...namesOf(versions, 'name', 'version_number'),
      creation_timestamp: 'createdAt',
      last_updated_timestamp: 'updatedAt',
    },
    orderTables: [],
    quotesTables: false,
    ordersAttributes: true,
    refusesDuplicates: true,
    words: false,
  },
  'logged-models': {
    tables: { attributes: 'attributes', metrics: 'metrics', params: 'parameters', tags: 'tags' },
    columns: loggedModels,
    order: namesOf(loggedModels, ...Object.keys(loggedModels)),
    orderTables: ['metrics'],
    quotesTables: false,
    ordersAttributes: true,
    refusesDuplicates: false,
    words: true,
  },
};

export const datasetColumns: readonly string[] = ['name', 'digest', 'context'];

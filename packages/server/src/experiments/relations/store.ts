import { instant, integer, number, type PointsRelation, type Relation, text } from '#platform/relations';

const runId = text('run_id', 'the run');

/** Without what is being removed: then the row of the run, or of its experiment, is gone. */
/** Null beyond the years that Parquet knows. */
const instantIn = (column: string): string =>
  `case when ${column} between -9000000000000000 and 9000000000000000 then ${column} end`;

const runs = 'runs join experiments on experiments.number = runs.experiment';

/** As people ask of them: named by ids. */
export const runRelations: readonly Relation[] = [
  {
    name: 'experiments',
    about: 'experiments, also those in the trash',
    permission: 'run:read',
    columns: [
      text('experiment_id', 'its id'),
      integer('number', "what MLflow's clients call the experiment id"),
      text('name', 'unique in the project'),
      text('description'),
      text('owner', 'who made it'),
      instant('created_at'),
      instant('updated_at'),
      instant('deleted_at', 'in the trash since then'),
    ],
    select:
      'select id as experiment_id, number, name, description, owner, created_at, updated_at, deleted_at from experiments where project = $1',
  },
  {
    name: 'runs',
    about: 'runs, also those in the trash',
    permission: 'run:read',
    columns: [
      runId,
      text('mlflow_id', "the same as MLflow's clients spell it"),
      text('experiment_id'),
      text('experiment', 'the name of its experiment'),
      text('name'),
      text('status', 'running, scheduled, finished, failed or killed'),
      text('parent_run_id', 'the run it belongs to'),
      text('dataset_version_id', 'the version of a data set it was started on'),
      instant('started_at'),
      instant('ended_at'),
      instant('deleted_at', 'in the trash since then'),
      text('owner', 'who started it'),
      text('user_id', 'whom its client names'),
      text('note'),
    ],
    select: `select runs.id as run_id, runs.hex as mlflow_id, experiments.id as experiment_id, experiments.name as experiment,
      runs.name, runs.status, runs.parent_run_id, runs.dataset_version_id, runs.started_at, runs.ended_at, runs.deleted_at,
      runs.owner, runs.user_id, runs.note
      from ${runs} where runs.project = $1`,
  },
  ...(
    [
      ['parameters', 'run_parameters', 'what runs were told'],
      ['tags', 'run_tags', 'what was noted on runs'],
    ] as const
  ).map(
    ([name, table, about]): Relation => ({
      name,
      about,
      permission: 'run:read',
      columns: [runId, text('key'), text('value'), number('number', 'the value, where it is a number')],
      select: `select runs.id as run_id, ${table}.key, ${table}.value, ${table}.number_value as number
        from ${runs} join ${table} on ${table}.run = runs.number where runs.project = $1`,
    }),
  ),
  {
    name: 'metrics',
    about: 'what is known of each metric of a run without its points',
    permission: 'run:read',
    columns: [
      runId,
      text('key'),
      number('last', 'of the highest step; null where it is no finite number, then last_special says what it is'),
      text('last_special', 'NaN, Infinity or -Infinity'),
      integer('last_step'),
      instant('last_at'),
      number('min', 'over finite values'),
      number('max', 'over finite values'),
      integer('points', 'how many there are'),
    ],
    select: `select runs.id as run_id, m.key, case when m.last_special is null then m.last_value end as last,
      m.last_special, cast(m.last_step as text) as last_step, ${instantIn('m.last_at')} as last_at, m.min_value as min, m.max_value as max, m.points
      from ${runs} join run_metrics m on m.run = runs.number where runs.project = $1`,
  },
  {
    name: 'inputs',
    about: 'data sets that runs read',
    permission: 'run:read',
    columns: [
      runId,
      text('dataset', 'its name'),
      text('digest', 'of its contents'),
      text('context', 'what it was read for, e.g. train'),
      text('source_type'),
      text('source'),
    ],
    select: `select runs.id as run_id, d.name as dataset, d.digest, i.context, d.source_type, d.source
      from ${runs} join run_inputs i on i.run = runs.number join input_datasets d on d.number = i.dataset
      where runs.project = $1`,
  },
  {
    name: 'logged_models',
    about: 'models that runs logged, registered or not',
    permission: 'run:read',
    columns: [
      text('logged_model_id'),
      text('experiment_id'),
      text('name'),
      text('status', 'pending, ready or failed'),
      text('model_type'),
      text('source_run_id', 'the run that made it'),
      instant('created_at'),
      instant('deleted_at', 'in the trash since then'),
    ],
    select: `select m.id as logged_model_id, e.id as experiment_id, m.name, m.status, m.model_type, m.source_run_id,
      m.created_at, m.deleted_at
      from logged_models m join experiments e on e.number = m.experiment where m.project = $1`,
  },
  {
    name: 'artifacts',
    about: 'files of runs and logged models',
    permission: 'run:read',
    columns: [
      text('owner_id', 'the run or the logged model; empty: the project'),
      text('path'),
      text('digest', 'of its bytes'),
      integer('size_bytes'),
      text('media_type'),
      instant('created_at'),
    ],
    select:
      'select root as owner_id, path, digest, size_bytes, media_type, created_at from artifacts where project = $1',
  },
];

export const runPoints: PointsRelation = {
  series: `select m.series, runs.id as run_id, m.key, m.points
    from ${runs} join run_metrics m on m.run = runs.number where runs.project = $1`,
  select: `select p.series, cast(p.step as text) as step, ${instantIn('p.at')} as at, p.value, p.special
    from ${runs} join run_metrics m on m.run = runs.number join metric_points p on p.series = m.series
    where runs.project = $1 and m.series between $2 and $3 and m.points between $4 and $5`,
};

/** What is asked of a large store, as MLflow's clients ask or (with `order`) as the native interface does. */
export interface Question {
  name: string;
  filter?: string;
  order_by?: string[];
  order?: string;
  /** All runs of the project, or the two experiments. */
  across?: 'project' | 'two experiments';
  /** Only how many there are. */
  isCount?: true;
}

const mlflow = (order: string, filter?: string): Question => ({
  name: `${filter ?? 'all'}, by ${order}`,
  order_by: order.split(', '),
  ...(filter === undefined ? {} : { filter }),
});
const native = (order: string, filter?: string): Question => ({
  name: `${filter ?? 'all'}, by ${order || 'start'} (native)`,
  order,
  ...(filter === undefined ? {} : { filter }),
});

const orders: readonly Question[] = [
  { name: 'all, newest first' },
  mlflow('attributes.start_time ASC'),
  mlflow('attributes.end_time ASC'),
  mlflow('attributes.end_time DESC'),
  mlflow('attributes.run_name ASC'),
  mlflow('attributes.status ASC'),
  mlflow('attributes.user_id DESC'),
  mlflow('attributes.run_id ASC'),
  mlflow('metrics.m0 DESC'),
  mlflow('metrics.m0 ASC'),
  // The same value in every run.
  mlflow('metrics.epoch DESC'),
  mlflow('metrics.epoch ASC'),
  // Each value in a fortieth of the runs: spread, and in a row.
  mlflow('params.p1 ASC'),
  mlflow('params.p1 DESC'),
  mlflow('params.commit ASC'),
  // One run in a thousand has it.
  mlflow('params.rare ASC'),
  mlflow('tags.t1 DESC'),
  mlflow('params.p1 ASC, metrics.m0 DESC'),
  mlflow('attributes.status DESC, metrics.m0 DESC'),
  native('durationMs'),
  native('durationMs desc'),
  native('metrics.m0.min'),
  native('metrics.m0.max desc'),
  native('parameters.p1 desc'),
  native('owner, note'),
  { ...native(''), name: 'all of the project, newest first (native)', across: 'project' },
  { ...native('metrics.m0 desc'), name: 'all of the project, by metrics.m0 desc (native)', across: 'project' },
  {
    ...mlflow('metrics.m0 DESC'),
    name: 'all of two experiments, by metrics.m0 DESC',
    across: 'two experiments',
  },
];

const filters: readonly Question[] = [
  { name: 'metrics.m1 > 0.9, newest first', filter: 'metrics.m1 > 0.9' },
  mlflow('metrics.m0 DESC', 'metrics.m1 > 0.9'),
  mlflow('attributes.run_name ASC', 'metrics.m2 > 0.99999'),
  { name: "metrics.m1 > 0.5 AND params.p1 = '3', newest first", filter: "metrics.m1 > 0.5 AND params.p1 = '3'" },
  mlflow('metrics.m0 DESC', "metrics.m1 > 0.5 AND params.p1 = '3'"),
  mlflow('metrics.m0 ASC', "metrics.m2 > 0.99 AND params.p1 = '3'"),
  // The oldest runs only, and those in the middle: what is read in the order of another column passes over the others.
  { name: "params.commit = 'c0', newest first", filter: "params.commit = 'c0'" },
  mlflow('metrics.m0 DESC', "params.commit = 'c0'"),
  mlflow('attributes.end_time DESC', "params.commit = 'c3' AND metrics.m1 > 0.5"),
  {
    name: "attributes.status = 'FAILED' AND tags.t1 = 'value-3', newest first",
    filter: "attributes.status = 'FAILED' AND tags.t1 = 'value-3'",
  },
  mlflow('params.p1 ASC', "attributes.status = 'FAILED' AND tags.t1 = 'value-3'"),
  { name: "attributes.run_name = 'run-77777', newest first", filter: "attributes.run_name = 'run-77777'" },
  mlflow('metrics.m0 DESC', "params.p1 LIKE '1%'"),
  mlflow('metrics.m0 DESC', "attributes.run_name LIKE '%777%'"),
  { name: "attributes.run_name LIKE '%77777%', newest first", filter: "attributes.run_name LIKE '%77777%'" },
  // What no run has, and what the oldest runs have.
  mlflow('metrics.m0 DESC', "params.p1 LIKE 'none%'"),
  { name: "params.commit ILIKE 'C1', newest first", filter: "params.commit ILIKE 'C1'" },
  mlflow('params.p1 ASC', "tags.t1 != 'value-3'"),
  mlflow('metrics.m0 ASC', 'metrics.m0 > 0.5'),
  native('metrics.m0', 'not status = "finished"'),
  native('', 'parameters.p2 is null'),
  native('metrics.m0', 'name rlike "7{3}" and metrics.m0 > 0.5'),
  native('metrics.m2 desc', 'metrics.m0 > 0.999 or metrics.m1 > 0.999'),
  native('parameters.p1', 'not metrics.m0 > 0.01'),
  native('endedAt desc', 'metrics.m0.max > 1.99'),
];

const counts: readonly Question[] = [
  { name: 'count of all', isCount: true },
  { name: 'count of metrics.m1 > 0.9', filter: 'metrics.m1 > 0.9', isCount: true },
  { name: 'count of parameters.p1 = "3"', filter: 'parameters.p1 = "3"', isCount: true },
];

export const questions: readonly Question[] = [...orders, ...filters, ...counts];

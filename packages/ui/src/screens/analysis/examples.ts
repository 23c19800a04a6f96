/** What people ask first, each working on any project. */
export const examples = [
  {
    label: 'Runs per experiment',
    sql: `select experiment, status, count(*) as runs, max(started_at) as latest
from runs
where deleted_at is null
group by all
order by runs desc`,
  },
  {
    label: 'The best run per experiment by a metric',
    sql: `select experiment, name, key, last as value
from runs join metrics using (run_id)
where key = 'auc' and deleted_at is null
qualify row_number() over (partition by experiment order by last desc) = 1`,
  },
  {
    label: 'A parameter against a metric',
    sql: `select p.value as parameter, count(*) as runs, avg(m.last) as mean, stddev(m.last) as deviation
from parameters p join metrics m using (run_id)
where p.key = 'lr' and m.key = 'loss'
group by 1
order by mean`,
  },
  {
    label: 'Metrics and how many points each has',
    sql: `select key, count(*) as runs, sum(points) as points, min(min) as smallest, max(max) as greatest
from metrics
group by key
order by points desc`,
  },
  {
    label: 'Points per day',
    sql: `select date_trunc('day', logged_at) as day, count(*) as points, count(distinct run_id) as runs
from metric_points
group by 1
order by 1 desc`,
  },
  {
    label: 'Versions with the run each was made from',
    sql: `select v.model, v.number, v.stage, v.approval, r.name as run, r.started_at
from versions v left join runs r using (run_id)
order by v.model, v.number desc`,
  },
] as const;

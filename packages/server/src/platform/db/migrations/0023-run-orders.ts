import { sql } from 'kysely';
import type { Migration } from '../columns.ts';

/**
 * Indexes for every order of runs. Each ends with when the run started, which decides between equal values: so that no
 * more than a page is read of runs that share a value, however many they are. The start of a run never changes.
 */
export const runOrders: Migration = {
  name: '0023-run-orders',
  async up(db, kind) {
    for (const name of [
      'run_parameters_experiment_key_value_index',
      'run_tags_experiment_key_value_index',
      'run_parameters_experiment_key_number_value_index',
      'run_metrics_experiment_key_last_value_index',
      'runs_experiment_name_index',
    ])
      await sql`drop index ${sql.id(name)}`.execute(db);
    for (const table of ['run_parameters', 'run_tags', 'run_metrics']) {
      const isEntry = table !== 'run_metrics';
      await sql`alter table ${sql.table(table)} add column started_at bigint not null default 0`.execute(db);
      // The beginning of the value, in a column: SQLite answers nothing from an index alone that has an expression.
      if (isEntry)
        await sql`alter table ${sql.table(table)} add column head text ${sql.raw(kind === 'postgres' ? 'collate "C"' : '')} not null default ''`.execute(
          db,
        );
      await sql`update ${sql.table(table)} set ${isEntry ? sql`head = substr(value, 1, 60),` : sql``}
        started_at = coalesce((select runs.started_at from runs where runs.number = run), 0)`.execute(db);
    }
    const index = (table: string, name: string, on: string, where = '') =>
      sql`create index ${sql.id(`${table}_${name}_index`)} on ${sql.table(table)} (${sql.raw(on)}) ${sql.raw(where)}`.execute(
        db,
      );
    for (const table of ['run_parameters', 'run_tags']) {
      await index(table, 'by_value', 'experiment, key, head, started_at, run');
      const isNumber = 'where number_value is not null';
      await index(table, 'by_number', 'experiment, key, number_value, head, started_at, run', isNumber);
    }
    // PostgreSQL writes to every index of a metric with each of its points, and two more cost as much as all else of it:
    // there the least and the greatest are looked for among the runs that have the metric.
    for (const column of kind === 'postgres' ? ['last_value'] : ['last_value', 'min_value', 'max_value'])
      await index('run_metrics', `by_${column}`, `experiment, key, ${column}, started_at, run`);
    for (const column of ['ended_at', 'name', 'status', 'user_id', 'owner'])
      await index('runs', `by_${column}`, `experiment, ${column}, started_at`);
    await index('runs', 'by_duration', 'experiment, (ended_at - started_at), started_at');
    await index('runs', 'by_note', 'experiment, substr(note, 1, 60), started_at');
    await index('runs', 'by_id', 'experiment, id');
    // What is in the trash, and what is not, is counted without reading the runs.
    await index('runs', 'by_trash', 'experiment, deleted_at');
  },
};

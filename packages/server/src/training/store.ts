import type { TrainResult } from '@millwright/contract';
import type { DataService } from '#data';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { type ColumnarTable, type ColumnData, identifier } from '#platform/tables';
import { orderBy, tableColumn, targetOf } from './columns.ts';
import { featureOf } from './scoring/score.ts';
import type { TrainingRows } from './service.ts';
import { selectColumn, selectRows, type TrainingTable } from './table.ts';
import type { Task } from './target.ts';

export interface RowsRequest {
  features: readonly string[];
  target: string;
  task: Task;
  timeColumn: string | null;
}

/** Columns of data set versions, in the order of time, as trainers take them. */
export interface Reader {
  readTable(
    ctx: Ctx,
    versionId: string,
    options?: { columns?: readonly string[] | undefined; orderBy?: string | undefined },
  ): Promise<TrainingTable>;
  readRows(ctx: Ctx, versionId: string, request: RowsRequest): Promise<TrainingRows>;
}

export const createReader = (platform: Platform, data: DataService): Reader => {
  /** `wanted` null: all columns; `time` as well. */
  const readColumns = async (
    ctx: Ctx,
    versionId: string,
    wanted: readonly string[] | null,
    time: string | null,
  ): Promise<ColumnarTable> => {
    const version = await data.findVersion(ctx, versionId);
    const known = new Set(version.columns.map(({ name }) => name));
    const unique = [...new Set([...(wanted ?? known), ...(time === null ? [] : [time])])];
    const absent = unique.find((name) => !known.has(name));
    if (absent !== undefined)
      fail(
        'INVALID_REFERENCE',
        `Version ${version.number} of data set '${version.datasetName}' has no column "${absent}".`,
      );
    const path = await data.versionFile(ctx, versionId);
    return platform.tables.columns(`SELECT ${unique.map(identifier).join(', ')} FROM version`, {
      relations: { version: [path] },
    });
  };
  const find = ({ columns }: ColumnarTable, name: string): ColumnData =>
    columns.find((column) => column.name === name) as ColumnData;
  const tableOf = (read: ColumnarTable, names: readonly string[], order: Int32Array | null): TrainingTable => {
    const table = {
      rowCount: read.rowCount,
      columns: Object.fromEntries(names.map((name) => [name, tableColumn(find(read, name))])),
    };
    return order === null ? table : selectRows(table, order);
  };

  return {
    async readTable(ctx, versionId, options = {}) {
      const { columns, orderBy: time } = options;
      const read = await readColumns(ctx, versionId, columns ?? null, time ?? null);
      const names = columns ?? read.columns.map(({ name }) => name);
      return tableOf(read, names, time === undefined ? null : orderBy(find(read, time)));
    },
    async readRows(ctx, versionId, { features, target, task, timeColumn }) {
      const read = await readColumns(ctx, versionId, [...features, target], timeColumn);
      const order = timeColumn === null ? null : orderBy(find(read, timeColumn));
      const targets = targetOf(find(read, target), task);
      return {
        table: tableOf(read, features, order),
        target: order === null ? targets : selectColumn(targets, order),
      };
    },
  };
};

/** What the rows of a result were read with. */
export const rowsOf = (result: TrainResult, features?: readonly string[]): RowsRequest => ({
  features: features ?? result.signature.inputs.map(featureOf),
  target: result.signature.target,
  task: result.signature.task,
  timeColumn: result.timeColumn,
});

import type { SqlResult } from '@millwright/contract';
import { useMemo } from 'react';
import { fixedRows } from '../../api/rows.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';

type Cell = SqlResult['rows'][number][number];
/** By the key of the column; the number of the row under a key no column has. */
type ResultRow = Readonly<Record<string, Cell>>;

const rowNumber = '№';
const idOf = (row: ResultRow) => String(row[rowNumber]);
const isNumeric = (type: string) => /INT|DOUBLE|FLOAT|DECIMAL/.test(type);
/** A column's name where it can be a key of the filter; otherwise its place. */
const keyOf = (name: string, index: number): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `column_${index + 1}`);

/** An answer in its own order; filter and order of the table work on what is shown. */
export const ResultTable = ({ result }: { result: SqlResult }) => {
  const columns = useMemo(
    () =>
      result.columns.map(({ name, type }, index): TableColumn<ResultRow> => {
        const id = keyOf(name, index);
        return {
          id,
          header: name,
          hint: type,
          numeric: isNumeric(type),
          width: isNumeric(type) ? 120 : 200,
          value: (row) => row[id] ?? null,
        };
      }),
    [result.columns],
  );
  const rows = useMemo(
    () =>
      fixedRows(
        result.rows.map(
          (values, index): ResultRow => ({
            ...Object.fromEntries(columns.map(({ id }, place) => [id, values[place] ?? null])),
            [rowNumber]: index,
          }),
        ),
      ),
    [result.rows, columns],
  );
  return (
    <DataTable
      name="sql-result"
      label="Answer"
      rows={rows}
      idOf={idOf}
      columns={columns}
      empty={{ title: 'No rows', text: 'The question has an answer: it is empty.' }}
    />
  );
};

import { type ReactNode, useCallback } from 'react';
import { type EmptyProps, EmptyState, ErrorState, Loading, Skeleton } from '../ui/states.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import type { TableColumn } from './columns.ts';
import { FilterBar } from './filter-bar.tsx';
import { Peek } from './peek.tsx';
import { SavedViews } from './saved-views.tsx';
import type { TableKey, TableSearch } from './table-search.ts';

interface Props<Row> {
  name: string;
  label: string;
  state: TableSearch;
  onChange: (patch: Partial<Record<TableKey, string | null>>) => void;
  columns: readonly TableColumn<Row>[];
  chosen: readonly TableColumn<Row>[];
  filterExample: string | undefined;
  /** What the server says about a filter that this page could read. */
  filterProblem: string | null;
  error: unknown;
  onRetry: () => void;
  loading: boolean;
  /** There is nothing at all, with or without a filter. */
  nothing: boolean;
  empty: EmptyProps;
  actions?: ReactNode;
  /** In place of the views that this browser keeps. */
  views?: ReactNode;
  footer: ReactNode;
  peek: { title: ReactNode; path: string | null; content: ReactNode } | null;
  children: ReactNode;
}

/** What stands around the rows of every table: filter, columns and views above, the footer below, the peek beside. */
export const TableFrame = <Row,>(props: Props<Row>) => {
  const { state, onChange, columns, error, filterProblem, peek } = props;
  const onFilter = useCallback((filter: string) => onChange({ filter: filter || null }), [onChange]);
  const closePeek = useCallback(() => onChange({ peek: null }), [onChange]);
  return (
    <div className="min-w-0">
      <div className="mb-2 flex flex-wrap items-start gap-2">
        <FilterBar
          value={state.filter ?? ''}
          onChange={onFilter}
          keys={columns.map((column) => column.id)}
          example={props.filterExample ?? `${columns.find((column) => !column.numeric)?.id ?? 'name'} ~ "abc"`}
          problem={filterProblem}
        />
        <ColumnChooser columns={columns} chosen={props.chosen} onChange={(list) => onChange({ columns: list })} />
        {props.views ?? <SavedViews name={props.name} state={state} onChange={onChange} />}
        {props.actions}
      </div>
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1 overflow-hidden rounded-lg border border-line bg-surface">
          {error && !filterProblem ? (
            <div className="p-3">
              <ErrorState error={error} onRetry={props.onRetry} />
            </div>
          ) : null}
          {props.loading ? (
            <Loading label={`Loading ${props.label}`}>
              {Array.from({ length: 9 }, (_none, index) => (
                <div key={index} className="h-[34px] border-b border-line px-2.5 py-2">
                  <Skeleton className="h-4 w-full" />
                </div>
              ))}
            </Loading>
          ) : props.nothing ? (
            <EmptyState {...props.empty} />
          ) : error ? null : (
            props.children
          )}
          {props.nothing || props.loading ? null : props.footer}
        </div>
        {peek ? (
          <Peek title={peek.title} path={peek.path} onClose={closePeek}>
            {peek.content}
          </Peek>
        ) : null}
      </div>
    </div>
  );
};

import { downloadSql, querySql, type SqlResult } from '@millwright/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Play, Square } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { client } from '../../api/client.ts';
import { keyOf } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Card, PageHeader } from '../../ui/card.tsx';
import { Select, TextArea } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { examples } from './examples.ts';
import { ResultTable } from './result-table.tsx';
import { TablesList } from './tables-list.tsx';

const shownRows = 5000;

const save = async (project: string, sql: string, format: 'csv' | 'parquet'): Promise<void> => {
  const response = await client.open(downloadSql, { params: { project }, body: { sql, format } });
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = `${project}.${format}`;
  link.click();
  URL.revokeObjectURL(url);
};

const noteOf = ({ rows, isCut, asOf, tookMs }: SqlResult): string =>
  `${isCut ? 'The first ' : ''}${formatCount(rows.length)} ${rows.length === 1 ? 'row' : 'rows'} · as of ${new Date(asOf).toLocaleTimeString()} · ${formatCount(tookMs)} ms`;

/** A question in SQL and its answer. The question is in the address: a link is a saved query. */
const SqlScreen = () => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  const asked = search['q'] ?? '';
  const [sql, setSql] = useState(asked || examples[0].sql);
  const [saving, setSaving] = useState(false);
  const queries = useQueryClient();
  const input = { params: { project }, body: { sql: asked, limit: shownRows } };
  const queryKey = keyOf(querySql, input);
  const answer = useQuery<SqlResult, Error>({
    queryKey,
    queryFn: ({ signal }) => client.call(querySql, input, { signal }),
    enabled: asked !== '',
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const ask = (text: string) => {
    if (text.trim() === '') return;
    if (text === asked) void answer.refetch();
    else change({ q: text, filter: null, sort: null, columns: null });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask(sql);
  };
  const download = (format: 'csv' | 'parquet') => {
    setSaving(true);
    void save(project, sql, format)
      .catch((error: unknown) => toast.failed('The answer could not be saved', error as Error))
      .finally(() => setSaving(false));
  };
  return (
    <>
      <PageHeader
        title="SQL"
        text="Ask anything of the runs, points and models of this project. Nothing can be changed here."
      />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-2">
          <TextArea
            label="Query"
            rows={8}
            spellCheck={false}
            maxLength={8000}
            className="font-mono text-xs"
            hint="One SELECT in DuckDB's SQL. Ctrl or Cmd + Enter asks."
            value={sql}
            onChange={(event) => setSql(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <div className="flex flex-wrap items-end gap-2">
            <Button tone="primary" onClick={() => ask(sql)} disabled={answer.isFetching}>
              <Play aria-hidden size={14} /> Ask
            </Button>
            {answer.isFetching ? (
              <Button onClick={() => void queries.cancelQueries({ queryKey })}>
                <Square aria-hidden size={14} /> Stop
              </Button>
            ) : null}
            <Button onClick={() => download('csv')} disabled={saving}>
              <Download aria-hidden size={14} /> CSV
            </Button>
            <Button onClick={() => download('parquet')} disabled={saving}>
              <Download aria-hidden size={14} /> Parquet
            </Button>
            <Select
              label="Example"
              hideLabel
              value=""
              onChange={(event) => {
                setSql(event.target.value);
                ask(event.target.value);
              }}
              choices={[
                { value: '', label: 'Examples' },
                ...examples.map(({ label, sql: example }) => ({ value: example, label })),
              ]}
            />
            <span role="status" className="ml-auto text-xs text-muted tabular-nums">
              {answer.data && !answer.isFetching ? noteOf(answer.data) : ''}
            </span>
          </div>
          <div className="mt-2">
            {answer.isFetching ? (
              <Loading>
                <Skeleton className="h-64 w-full" />
              </Loading>
            ) : answer.error ? (
              <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
            ) : answer.data ? (
              <ResultTable result={answer.data} />
            ) : null}
          </div>
        </div>
        <Card title="Tables" className="self-start">
          <TablesList />
        </Card>
      </div>
    </>
  );
};
export default SqlScreen;

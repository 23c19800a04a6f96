import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useScreenSearch } from '../../app/location.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Card, PageHeader } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { type OpenApi, type ReferenceEntry, entriesByTag } from './openapi.ts';
import { OperationDetail } from './operation-detail.tsx';

const readDocument = async (): Promise<OpenApi> => {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`The server answered ${response.status} for /openapi.json`);
  return (await response.json()) as OpenApi;
};
const tones = { GET: 'info', POST: 'good', PUT: 'warn', PATCH: 'warn', DELETE: 'bad' } as const;

const Entry = ({ entry, open, onToggle }: { entry: ReferenceEntry; open: boolean; onToggle: () => void }) => (
  <li className="border-b border-line last:border-0">
    <button
      type="button"
      aria-expanded={open}
      onClick={onToggle}
      className="flex min-h-9 w-full flex-wrap items-center gap-x-3 px-3 py-1 text-left hover:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <span className="w-16">
        <Badge tone={tones[entry.method as keyof typeof tones] ?? 'idle'}>{entry.method}</Badge>
      </span>
      <code className="min-w-0 flex-1 basis-72 font-mono text-xs break-all">{entry.path}</code>
      <span className="basis-72 text-muted">{entry.operation.summary}</span>
    </button>
    {open ? <OperationDetail entry={entry} /> : null}
  </li>
);

/** Every operation of this server, as its own OpenAPI document describes it. */
const Reference = () => {
  const [search, change] = useScreenSearch();
  const document = useQuery({ queryKey: ['openapi'], queryFn: readDocument, staleTime: Number.POSITIVE_INFINITY });
  const find = search['find'] ?? '';
  const groups = document.data ? entriesByTag(document.data, find) : [];
  return (
    <>
      <PageHeader
        title="API reference"
        text="The console, the command line and the SDK use these operations and no others. Errors are problem+json with a stable code."
        actions={
          <a href="/openapi.json" download="millwright-openapi.json" className={buttonClass('plain')}>
            <Download aria-hidden size={14} /> OpenAPI 3.1
          </a>
        }
      />
      <div className="mb-3 max-w-xl">
        <TextField
          label="Find an operation"
          hideLabel
          type="search"
          placeholder="Find by path, name, summary or command"
          value={find}
          onChange={(event) => change({ find: event.target.value })}
        />
      </div>
      {document.error ? (
        <ErrorState error={document.error} onRetry={() => void document.refetch()} />
      ) : !document.data ? (
        <Loading>
          <Skeleton className="h-[60vh] w-full" />
        </Loading>
      ) : groups.length === 0 ? (
        <EmptyState title="No operation mentions that" />
      ) : (
        <div className="flex flex-col gap-3">
          {groups.map(([tag, entries]) => (
            <Card
              key={tag}
              title={tag.charAt(0).toUpperCase() + tag.slice(1)}
              flush
              aside={<span className="text-xs text-faint">{entries.length}</span>}
            >
              <ul>
                {entries.map((entry) => {
                  const open = search['operation'] === entry.operation.operationId;
                  return (
                    <Entry
                      key={entry.operation.operationId}
                      entry={entry}
                      open={open}
                      onToggle={() => change({ operation: open ? null : entry.operation.operationId })}
                    />
                  );
                })}
              </ul>
            </Card>
          ))}
        </div>
      )}
    </>
  );
};
export default Reference;

import { listSqlTables } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Loaded } from '../../ui/loaded.tsx';

/** What there is to ask of; a table opens to its columns. */
export const TablesList = () => {
  const project = useProject();
  const tables = useRead(listSqlTables, { params: { project } });
  return (
    <Loaded query={tables} height={240}>
      {({ items }) => (
        <ul className="flex flex-col gap-0.5">
          {items.map((table) => (
            <li key={table.name}>
              <details>
                <summary className="min-h-6 cursor-pointer rounded px-1 hover:bg-hover">
                  <code className="font-mono text-xs">{table.name}</code>{' '}
                  <span className="text-xs text-muted">{table.about}</span>
                </summary>
                <ul className="mb-1 ml-4 border-l border-line pl-2">
                  {table.columns.map((column) => (
                    <li key={column.name} className="text-xs">
                      <code className="font-mono">{column.name}</code> <span className="text-muted">{column.type}</span>
                      {column.about ? <span className="text-muted"> · {column.about}</span> : null}
                    </li>
                  ))}
                </ul>
              </details>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
};

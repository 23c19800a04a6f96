import { type ModelVersion, downloadVersionFile, getVersionContents } from '@millwright/contract';
import { Download } from 'lucide-react';
import { client } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { CodeBlock, ShortId } from '../../ui/code.tsx';
import { formatBytes } from '../../ui/format.ts';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';

/** What the files of a version say about it, and the files themselves. */
export const FilesTab = ({ version }: { version: ModelVersion }) => {
  const project = useProject();
  const params = { project, modelVersion: version.id };
  const read = useRead(getVersionContents, { params });
  if (read.error) return <ErrorState error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data)
    return (
      <Loading label="Loading the files">
        <Skeleton className="h-64 w-full" />
      </Loading>
    );
  const { files, interface: form, flavours, python, requirements, problem, digest } = read.data;
  const packages = Object.entries(requirements);
  return (
    <div className="grid items-start gap-3 lg:grid-cols-2">
      <Card title={`Files (${files.length})`} flush>
        {files.length === 0 ? (
          <p className="px-3 py-4 text-muted">{problem}</p>
        ) : (
          <ul>
            {files.map((file) => (
              <li
                key={file.path}
                className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5 last:border-0"
              >
                <code className="min-w-0 flex-1 basis-40 font-mono text-xs break-all">
                  {file.path || 'the file itself'}
                </code>
                <span className="text-xs text-muted tabular-nums">{formatBytes(file.sizeBytes)}</span>
                <ShortId value={file.digest} />
                <a
                  href={client.address(downloadVersionFile, { params, query: { path: file.path } })}
                  download
                  aria-label={`Download ${file.path || 'the file'}`}
                  className="inline-flex size-6 items-center justify-center rounded text-muted hover:text-ink"
                >
                  <Download aria-hidden size={14} />
                </a>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <div className="flex min-w-0 flex-col gap-3">
        <Card title="Verified download">
          <p className="mb-2 text-muted">
            Every byte is checked against its digest, and the list of files against that of the version.
          </p>
          <CodeBlock code={`millwright model-versions download ${version.id} --project ${project}`} />
        </Card>
        <Card title="What it says">
          {problem && files.length > 0 ? <p className="mb-2 text-warn">{problem}</p> : null}
          <KeyValue
            pairs={[
              ['Digest', digest ? <ShortId key="digest" value={digest} length={16} /> : null],
              [
                'Loaded with',
                flavours.length > 0 ? (
                  <span key="flavours" className="flex flex-wrap gap-1">
                    {flavours.map((flavour) => (
                      <Badge key={flavour}>{flavour}</Badge>
                    ))}
                  </span>
                ) : null,
              ],
              ['Python', python],
              ['Packages', packages.length > 0 ? packages.map(([name, asked]) => name + asked).join(', ') : null],
            ]}
          />
        </Card>
        {form ? (
          <Card title="Inputs and outputs" flush>
            <table className="w-full">
              <thead className="text-left text-xs text-muted">
                <tr>
                  {['Name', 'Type', 'Where'].map((head) => (
                    <th key={head} scope="col" className="px-3 py-1.5 font-medium">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {(['inputs', 'outputs', 'params'] as const).flatMap((where) =>
                  form[where].map((field, at) => (
                    <tr key={`${where} ${at}`} className="border-t border-line">
                      <td className="px-3 py-1 break-all">{field.name || '–'}</td>
                      <td className="px-3 py-1 break-all">
                        {field.type}
                        {field.required ? '' : ', optional'}
                      </td>
                      <td className="px-3 py-1 text-muted">{where.slice(0, -1)}</td>
                    </tr>
                  )),
                )}
              </tbody>
            </table>
          </Card>
        ) : null}
      </div>
    </div>
  );
};

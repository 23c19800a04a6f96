import { type Artifact, getArtifact } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { client } from '../../api/client.ts';
import { useProject } from '../../app/location.ts';
import { buttonClass } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { type ArtifactKind, artifactKind, imageType, readTable } from './artifact-kind.ts';

const textAtMostBytes = 512 * 1024;
const imageAtMostBytes = 32 * 1024 * 1024;
const rowsShown = 200;

interface Props {
  runId: string;
  artifact: Artifact;
}

const Picture = ({ blob, path }: { blob: Blob; path: string }) => {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([blob], { type: imageType(path) }));
    if (image.current) image.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [blob, path]);
  return <img ref={image} alt={path} className="max-w-full rounded border border-line bg-sunken" />;
};

const Cells = ({ text, path }: { text: string; path: string }) => {
  const [head = [], ...rows] = readTable(text, path.toLowerCase().endsWith('.tsv') ? '\t' : ',', rowsShown + 1);
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={`${path} as table`}
      className="max-h-[55vh] overflow-auto rounded border border-line"
    >
      <table className="w-full text-xs tabular-nums">
        <thead className="sticky top-0 bg-sunken text-left">
          <tr>
            {head.map((cell, at) => (
              <th key={at} scope="col" className="px-2 py-1 font-medium whitespace-nowrap">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-t border-line">
              {row.map((cell, at) => (
                <td key={at} className="max-w-60 truncate px-2 py-0.5">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Source = ({ text, path }: { text: string; path: string }) => (
  <pre
    tabIndex={0}
    role="region"
    aria-label={path}
    className="max-h-[55vh] overflow-auto rounded border border-line bg-sunken p-2 font-mono text-xs leading-5 whitespace-pre"
  >
    {text}
  </pre>
);

/** Laid out where it is whole and can be read; otherwise as it is. */
const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const Content = ({ runId, artifact, kind }: Props & { kind: ArtifactKind }) => {
  const project = useProject();
  const { path, digest } = artifact;
  const file = useQuery({
    queryKey: ['artifactContent', project, runId, path, digest],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const reply = await client.open(
        getArtifact,
        { params: { project, run: runId }, query: { path } },
        { signal, ...(kind === 'image' ? {} : { headers: { range: `bytes=0-${textAtMostBytes - 1}` } }) },
      );
      return kind === 'image' ? { blob: await reply.blob() } : { text: await reply.text() };
    },
  });
  const isCut = kind !== 'image' && artifact.sizeBytes > textAtMostBytes;
  return (
    <Loaded query={file} height={200}>
      {(data) => (
        <>
          {'blob' in data ? (
            <Picture blob={data.blob} path={path} />
          ) : kind === 'table' ? (
            <Cells text={data.text} path={path} />
          ) : (
            <Source text={kind === 'json' && !isCut ? pretty(data.text) : data.text} path={path} />
          )}
          {isCut ? (
            <p className="mt-1 text-xs text-faint">
              The first {formatBytes(textAtMostBytes)} of {formatBytes(artifact.sizeBytes)}.
            </p>
          ) : null}
          {/\.(?:html?|svg)$/i.test(path) ? (
            <p className="mt-1 text-xs text-faint">Its source: what is stored with a run never runs here.</p>
          ) : null}
        </>
      )}
    </Loaded>
  );
};

/** A file of a run: pictures, tables and texts are shown, everything can be downloaded. */
export const ArtifactPreview = ({ runId, artifact }: Props) => {
  const project = useProject();
  const kind = artifactKind(artifact.path);
  const isTooLarge = kind === 'image' && artifact.sizeBytes > imageAtMostBytes;
  return (
    <div className="flex flex-col gap-3">
      <a
        href={client.address(getArtifact, { params: { project, run: runId }, query: { path: artifact.path } })}
        download
        className={`${buttonClass('plain', true)} self-start`}
      >
        <Download aria-hidden size={13} /> Download {formatBytes(artifact.sizeBytes)}
      </a>
      {artifact.sizeBytes === 0 ? (
        <p className="text-muted">The file is empty.</p>
      ) : kind === null || isTooLarge ? (
        <p className="text-muted">Files of this kind or size are not shown here.</p>
      ) : (
        <Content key={artifact.path} runId={runId} artifact={artifact} kind={kind} />
      )}
      <KeyValue
        pairs={[
          ['Type', artifact.mediaType],
          ['Digest', <ShortId key="digest" value={artifact.digest} />],
        ]}
      />
    </div>
  );
};

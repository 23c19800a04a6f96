import { type Artifact, getArtifact } from '@millwright/contract';
import { Download } from 'lucide-react';
import { client } from '../../api/client.ts';
import { useProject } from '../../app/location.ts';
import { buttonClass } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { textAtMostBytes, useArtifactBlob, useArtifactText } from './artifact-content.ts';
import { type ArtifactKind, artifactKind, readTable } from './artifact-kind.ts';
import { CellTable } from './cell-table.tsx';
import { Picture } from './picture.tsx';

const imageAtMostBytes = 32 * 1024 * 1024;
const rowsShown = 200;

interface Props {
  runId: string;
  artifact: Artifact;
}

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

const TextContent = ({ runId, artifact, kind }: Props & { kind: Exclude<ArtifactKind, 'image'> }) => {
  const { path } = artifact;
  const file = useArtifactText(runId, artifact);
  const isCut = artifact.sizeBytes > textAtMostBytes;
  return (
    <Loaded query={file} height={200}>
      {(text) => (
        <>
          {kind === 'table' ? (
            <CellTable
              rows={readTable(text, path.toLowerCase().endsWith('.tsv') ? '\t' : ',', rowsShown + 1)}
              label={`${path} as table`}
            />
          ) : (
            <Source text={kind === 'json' && !isCut ? pretty(text) : text} path={path} />
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

const PictureContent = ({ runId, artifact }: Props) => (
  <Loaded query={useArtifactBlob(runId, artifact)} height={200}>
    {(blob) => <Picture blob={blob} path={artifact.path} />}
  </Loaded>
);

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
      ) : kind === 'image' ? (
        <PictureContent key={artifact.path} runId={runId} artifact={artifact} />
      ) : (
        <TextContent key={artifact.path} runId={runId} artifact={artifact} kind={kind} />
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

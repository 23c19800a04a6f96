import type { Artifact, MediaKind } from '@millwright/contract';
import { useEffect, useRef } from 'react';
import { ConfusionMatrix } from '../../../charts/draw/confusion-matrix.tsx';
import { CurveChart } from '../../../charts/draw/curve-chart.tsx';
import { prepareConfusion } from '../../../charts/prepare/confusion.ts';
import { prepareCurve } from '../../../charts/prepare/curve.ts';
import { formatBytes } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { useArtifactBlob, useArtifactText } from '../artifact-content.ts';
import { CellTable } from '../cell-table.tsx';
import { Picture } from '../picture.tsx';
import { readCurve, readFrame, readMatrix } from './media-items.ts';

interface Props {
  runId: string;
  name: string;
  artifact: Artifact;
}
const blobAtMostBytes = 32 * 1024 * 1024;
const textAtMostBytes = 4 * 1024 * 1024;
const rowsShown = 200;

const Sound = ({ blob, name }: { blob: Blob; name: string }) => {
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([blob], { type: 'audio/wav' }));
    if (player.current) player.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [blob]);
  // What a model made has no captions.
  // eslint-disable-next-line jsx-a11y/media-has-caption
  return <audio ref={player} controls aria-label={name} className="w-full max-w-lg" />;
};

const Bytes = ({ runId, name, artifact, kind }: Props & { kind: 'image' | 'audio' }) => (
  <Loaded query={useArtifactBlob(runId, artifact)} height={120}>
    {(blob) =>
      kind === 'audio' ? <Sound blob={blob} name={name} /> : <Picture blob={blob} path={artifact.path} label={name} />
    }
  </Loaded>
);

const Unreadable = ({ artifact }: { artifact: Artifact }) => (
  <p className="text-muted">The file {artifact.path} is not of the form it should have.</p>
);

const Matrix = ({ text, name, artifact }: { text: string } & Omit<Props, 'runId'>) => {
  const matrix = readMatrix(text);
  if (matrix === null) return <Unreadable artifact={artifact} />;
  return <ConfusionMatrix title={name} prepared={prepareConfusion(matrix.counts, matrix.labels)} />;
};

const Curve = ({ text, name, artifact }: { text: string } & Omit<Props, 'runId'>) => {
  const curve = readCurve(text);
  if (curve === null) return <Unreadable artifact={artifact} />;
  return <CurveChart title={name} prepared={prepareCurve(curve, name)} />;
};

const Frame = ({ text, name, artifact }: { text: string } & Omit<Props, 'runId'>) => {
  const rows = readFrame(text);
  if (rows === null) return <Unreadable artifact={artifact} />;
  return (
    <>
      <CellTable rows={rows.slice(0, rowsShown + 1)} label={name} />
      {rows.length > rowsShown + 1 ? (
        <p className="mt-1 text-xs text-faint">
          {rowsShown} of {rows.length - 1} rows
        </p>
      ) : null}
    </>
  );
};

const Text = ({ text, name }: { text: string; name: string }) => (
  <pre
    tabIndex={0}
    role="region"
    aria-label={name}
    className="max-h-96 overflow-auto rounded border border-line bg-sunken p-2 font-mono text-xs leading-5 break-words whitespace-pre-wrap"
  >
    {text}
  </pre>
);

const Written = ({ runId, name, artifact, kind }: Props & { kind: Exclude<MediaKind, 'image' | 'audio'> }) => (
  <Loaded query={useArtifactText(runId, artifact, textAtMostBytes)} height={160}>
    {(text) => {
      if (kind === 'text') return <Text text={text} name={name} />;
      const given = { text, name, artifact };
      if (kind === 'table') return <Frame {...given} />;
      return kind === 'curve' ? <Curve {...given} /> : <Matrix {...given} />;
    }}
  </Loaded>
);

/** One thing that was logged, as what it is. Nothing of it runs: it is drawn by us, or a raster image, or a sound. */
export const MediaContent = ({ kind, ...rest }: Props & { kind: MediaKind }) => {
  const isBytes = kind === 'image' || kind === 'audio';
  const { artifact } = rest;
  const atMostBytes = isBytes ? blobAtMostBytes : textAtMostBytes;
  if (artifact.sizeBytes > atMostBytes)
    return (
      <p className="text-muted">
        {formatBytes(artifact.sizeBytes)} are not shown here; the file {artifact.path} is below Artifacts.
      </p>
    );
  return isBytes ? <Bytes kind={kind} {...rest} /> : <Written kind={kind} {...rest} />;
};

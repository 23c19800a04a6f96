import type { Artifact } from '@millwright/contract';
import clsx from 'clsx';
import { useMemo } from 'react';
import { Card } from '../../../ui/card.tsx';
import { CopyButton } from '../../../ui/code.tsx';
import { formatCount } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { useArtifactText } from '../artifact-content.ts';
import { type DiffLine, type FileDiff, readDiff } from './diff-lines.ts';

const linesAtMost = 2000;
const openedAtMost = 5;

const looks: Record<DiffLine['kind'], string> = {
  file: 'text-faint',
  note: 'text-faint',
  hunk: 'bg-info-soft text-info',
  added: 'bg-good-soft text-good',
  removed: 'bg-bad-soft text-bad',
  same: '',
};

const Lines = ({ file }: { file: FileDiff }) => (
  <div
    tabIndex={0}
    role="region"
    aria-label={`Changes in ${file.path}`}
    className="max-h-[55vh] overflow-auto border-t border-line bg-sunken font-mono text-xs leading-5"
  >
    <div className="min-w-max">
      {file.lines.slice(0, linesAtMost).map((line, index) => (
        <div key={index} className={clsx('px-3 whitespace-pre', looks[line.kind])}>
          {line.text}
        </div>
      ))}
      {file.lines.length > linesAtMost ? (
        <p className="px-3 py-1 text-muted">
          {formatCount(linesAtMost)} of {formatCount(file.lines.length)} lines; the rest is in the file below Artifacts.
        </p>
      ) : null}
    </div>
  </div>
);

const Files = ({ files }: { files: readonly FileDiff[] }) =>
  files.map((file, index) => (
    <details key={`${index} ${file.path}`} open={index < openedAtMost} className="border-b border-line last:border-0">
      <summary className="flex min-h-8 cursor-pointer items-center gap-3 px-3">
        <span className="min-w-0 flex-1 font-mono text-xs break-all">{file.path}</span>
        <span className="text-xs text-good tabular-nums">+{formatCount(file.added)}</span>
        <span className="text-xs text-bad tabular-nums">−{formatCount(file.removed)}</span>
      </summary>
      <Lines file={file} />
    </details>
  ));

const Difference = ({ text }: { text: string }) => {
  const files = useMemo(() => readDiff(text), [text]);
  if (files.length === 0) return <p className="p-3 text-muted">The file holds no difference that git would print.</p>;
  return <Files files={files} />;
};

/** What the working folder differed by from the commit. */
export const Diff = ({ runId, artifact, isCut }: { runId: string; artifact: Artifact; isCut: boolean }) => {
  const content = useArtifactText(runId, artifact);
  return (
    <Card
      flush
      title="Changes since the commit"
      aside={content.data ? <CopyButton text={content.data} label="Copy the patch" /> : null}
    >
      {isCut ? (
        <p className="border-b border-line bg-warn-soft px-3 py-1.5 text-warn">
          The difference was too large and is cut: it does not bring the code back.
        </p>
      ) : null}
      <Loaded query={content} height={200}>
        {(text) => <Difference text={text} />}
      </Loaded>
    </Card>
  );
};

const namesAtMost = 200;

/** Files beside the repository: only their names are known. */
export const Untracked = ({ runId, artifact }: { runId: string; artifact: Artifact }) => (
  <Card title="Files git did not track">
    <Loaded query={useArtifactText(runId, artifact)} height={60}>
      {(text) => {
        const names = text.split('\n').filter(Boolean);
        return (
          <>
            <ul className="font-mono text-xs leading-5 break-all">
              {names.slice(0, namesAtMost).map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
            {names.length > namesAtMost ? (
              <p className="mt-1 text-xs text-faint">
                {namesAtMost} of {formatCount(names.length)}
              </p>
            ) : null}
          </>
        );
      }}
    </Loaded>
  </Card>
);

import { type Artifact, runFiles } from '@millwright/contract';

export interface OutputLine {
  at: string | null;
  isError: boolean;
  text: string;
}

/** Pieces of the output, in the order in which they were written. */
export const outputPieces = (artifacts: readonly Artifact[]): Artifact[] =>
  artifacts
    .filter(({ path }) => path.startsWith(runFiles.output) && path.endsWith('.log'))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

const escapes = new RegExp(
  `${String.fromCharCode(27)}(?:\\[[0-9;?]*[A-Za-z]|\\][^${String.fromCharCode(7)}]*${String.fromCharCode(7)})`,
  'g',
);

/** A line as Kubernetes writes it: time, stream, `F` or `P`, text. One of another form is text. Colours of terminals go. */
const readLine = (line: string): OutputLine => {
  const [, at, stream, text] = /^(\S+) (stdout|stderr) [FP] (.*)$/s.exec(line) ?? [];
  const plain = (text ?? line).replace(escapes, '');
  return { at: at ?? null, isError: stream === 'stderr', text: plain };
};

export const readOutput = (text: string): OutputLine[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(readLine);
};

export interface DiffLine {
  kind: 'file' | 'hunk' | 'added' | 'removed' | 'same' | 'note';
  text: string;
}
export interface FileDiff {
  path: string;
  added: number;
  removed: number;
  lines: DiffLine[];
}

const headers = /^(?:index |new file|deleted file|old mode|new mode|similarity |rename |copy |--- |\+\+\+ |GIT binary)/;

/** A difference as git prints it, file by file. What precedes the first file is left out. */
export const readDiff = (text: string): FileDiff[] => {
  const files: FileDiff[] = [];
  let isInHunk = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('diff --git ')) {
      const path = /^diff --git (?:"?a\/.*?"?) "?b\/(.*?)"?$/.exec(line)?.[1] ?? line.slice('diff --git '.length);
      files.push({ path, added: 0, removed: 0, lines: [] });
      isInHunk = false;
      continue;
    }
    const file = files.at(-1);
    if (file === undefined) continue;
    if (line.startsWith('@@')) {
      isInHunk = true;
      file.lines.push({ kind: 'hunk', text: line });
    } else if (!isInHunk) {
      if (line !== '') file.lines.push({ kind: headers.test(line) ? 'file' : 'note', text: line });
    } else if (line.startsWith('+')) {
      file.added += 1;
      file.lines.push({ kind: 'added', text: line });
    } else if (line.startsWith('-')) {
      file.removed += 1;
      file.lines.push({ kind: 'removed', text: line });
    } else if (line !== '') file.lines.push({ kind: line.startsWith('\\') ? 'note' : 'same', text: line });
  }
  return files;
};

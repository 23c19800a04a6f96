import { expect, it } from 'vitest';
import { readDiff } from './diff-lines.ts';

it('reads a difference file by file', () => {
  const [first, second] = readDiff(
    `diff --git a/model.py b/model.py
index 1..2 100644
--- a/model.py
+++ b/model.py
@@ -1,2 +1,2 @@
 import x
-depth = 3
+depth = 5
--- a comment that was removed, and begins like a header
\\ No newline at end of file
diff --git "a/sp ace.bin" "b/sp ace.bin"
new file mode 100644
GIT binary patch
literal 3
`,
  );
  expect(first).toMatchObject({ path: 'model.py', added: 1, removed: 2 });
  expect(first?.lines.map(({ kind }) => kind)).toEqual([
    'file',
    'file',
    'file',
    'hunk',
    'same',
    'removed',
    'added',
    'removed',
    'note',
  ]);
  expect(second).toMatchObject({ path: 'sp ace.bin', added: 0, removed: 0 });
});

it('makes nothing of what is none', () => {
  expect(readDiff('')).toEqual([]);
  expect(readDiff('<script>\n+1')).toEqual([]);
});

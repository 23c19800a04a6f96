// Fails when the console grew too large: the shell (what the first page loads) or what any one screen adds to it.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const shellLimitKiB = 160;
const routeLimitKiB = 120;
const root = new URL('../../server/static/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', root), 'utf8'));

const sizes = new Map();
const gzipKiB = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(new URL(file, root))).length / 1024);
  return sizes.get(file);
};
/** The script of an entry, everything it imports at once, and their styles. */
const filesOf = (key, seen = new Set(), files = new Set()) => {
  if (seen.has(key)) return files;
  seen.add(key);
  const entry = manifest[key];
  if (entry.file.endsWith('.js') || entry.file.endsWith('.css')) files.add(entry.file);
  for (const css of entry.css ?? []) files.add(css);
  for (const next of entry.imports ?? []) filesOf(next, seen, files);
  return files;
};
const sum = (files) => [...files].reduce((total, file) => total + gzipKiB(file), 0);

const start = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shell = filesOf(start);
const rows = [['shell', sum(shell), shellLimitKiB]];
for (const key of Object.keys(manifest).filter((one) => manifest[one].isDynamicEntry)) {
  rows.push([key, sum([...filesOf(key)].filter((file) => !shell.has(file))), routeLimitKiB]);
}
rows.sort((a, b) => b[1] - a[1]);
for (const [name, size, limit] of rows) console.log(`${size.toFixed(1).padStart(7)} KiB of ${limit}  ${name}`);
const over = rows.filter(([, size, limit]) => size > limit);
if (over.length > 0) {
  console.error(`\nOver the budget (gzip): ${over.map(([name]) => name).join(', ')}`);
  process.exit(1);
}

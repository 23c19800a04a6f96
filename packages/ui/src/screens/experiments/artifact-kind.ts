export type ArtifactKind = 'image' | 'json' | 'table' | 'text';

/** Images the browser draws without running anything in them. SVG is none of these: it is shown as its source. */
const images: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
};
const tables = ['csv', 'tsv'];
const texts =
  /^(?:txt|md|log|ya?ml|toml|ini|cfg|conf|env|py|r|sh|ts|js|mjs|css|sql|html?|svg|xml|diff|patch|mlmodel|requirements|lock|rst|tex|ipynb|jsonl|ndjson)$/;
const textNames = /^(?:MLmodel|Dockerfile|Makefile|LICENSE|README|requirements)$/i;

const endingOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** How a file is shown beside the list; null: not at all. Nothing of it ever runs. */
export const artifactKind = (path: string): ArtifactKind | null => {
  const ending = endingOf(path);
  if (Object.hasOwn(images, ending)) return 'image';
  if (tables.includes(ending)) return 'table';
  if (ending === 'json') return 'json';
  return texts.test(ending) || textNames.test(path.slice(path.lastIndexOf('/') + 1)) ? 'text' : null;
};

/** The media type an image is given to the browser with, whatever the server says of it. */
export const imageType = (path: string): string => images[endingOf(path)] ?? 'application/octet-stream';

/** Rows of a text with separators, quotes doubled inside of quotes; at most `limit` of them. */
export const readTable = (text: string, separator: ',' | '\t', limit: number): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < limit; at += 1) {
    const character = text.charAt(at);
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell === '') isQuoted = true;
    else if (character === separator) {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      row.push(cell.replace(/\r$/, ''));
      rows.push(row);
      [row, cell] = [[], ''];
    } else cell += character;
  }
  if (rows.length < limit && (cell !== '' || row.length > 0)) rows.push([...row, cell]);
  return rows;
};

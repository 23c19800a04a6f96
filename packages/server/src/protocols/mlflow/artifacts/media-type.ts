/** What MLflow shows as text: the endings of names, and the names without one. */
const texts = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb MLmodel MLproject mlproject'.split(
    ' ',
  ),
);

/** What a browser shows and does not run, by the ending of the name. */
const shown: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  css: 'text/css',
  gif: 'image/gif',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  ico: 'image/vnd.microsoft.icon',
  mp3: 'audio/mpeg',
  wav: 'audio/x-wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  tar: 'application/x-tar',
  wasm: 'application/wasm',
};

/**
 * The media type under which clients of MLflow know a file, without a charset, as they compare it. Plain text runs
 * nowhere, whatever it says; pages and drawings stay unnamed bytes. `stored`: what is known of it otherwise.
 */
export const mediaTypeOnWire = (path: string, stored: string): string => {
  const name = path.split('/').at(-1) ?? '';
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 ? name.slice(dot + 1) : name;
  if (texts.has(ending)) return 'text/plain';
  const lower = ending.toLowerCase();
  return dot > 0 && Object.hasOwn(shown, lower) ? String(shown[lower]) : stored;
};

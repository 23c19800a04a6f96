/** What MLflow shows as text: the endings of names, and the names without one. */
const texts = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb MLmodel MLproject'.split(
    ' ',
  ),
);

/**
 * The media type under which clients of MLflow know a file. Plain text runs nowhere, whatever it says; pages and drawings
 * stay unnamed bytes. `stored`: what is known of it otherwise.
 */
export const mediaTypeOnWire = (path: string, stored: string): string => {
  const name = path.split('/').at(-1) ?? '';
  const dot = name.lastIndexOf('.');
  return texts.has(dot > 0 ? name.slice(dot + 1) : name) ? 'text/plain; charset=utf-8' : stored;
};

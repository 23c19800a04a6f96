/** The media type to send a file as, by the end of its name; null for what is not taken in. */
export const mediaTypeOf = (fileName: string): 'text/csv' | 'application/vnd.apache.parquet' | null =>
  /\.csv$/i.test(fileName) ? 'text/csv' : /\.parquet$/i.test(fileName) ? 'application/vnd.apache.parquet' : null;

/** A name for a data set from that of a file: what is not allowed in one becomes a hyphen. */
export const datasetNameOf = (fileName: string): string =>
  fileName
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 120);

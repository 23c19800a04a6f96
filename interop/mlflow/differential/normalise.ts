import type { Side, Symbols } from './symbols.ts';
import type { Answer } from './wire.ts';

/** What is compared of an answer. */
export interface Normalised {
  status: number;
  /** The code of an error in MLflow's form; `(no JSON)` when an error is a page or plain text. */
  errorCode: string | undefined;
  /** What an error says, with ids and numbers of experiments replaced; blanks in a row are one. */
  message: string | undefined;
  mediaType: string;
  headers: Record<string, string>;
  body: unknown;
}

const idPattern = /\b(?:m-)?[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const generatedName = /^[a-z]+-[a-z]+-\d+$/;
const dayMs = 86_400_000;
// Without an order of their own: MLflow answers them as its database happens to.
const unordered = new Set([
  'tags',
  'params',
  'aliases',
  'dataset_inputs',
  'model_inputs',
  'model_outputs',
  'dataset_summaries',
]);

// Metrics of a run, unlike points of a history: each with its own key. Points of several runs come by run, in the order of ids.
const isUnordered = (key: string, items: readonly unknown[]): boolean => {
  if (key !== 'metrics') return unordered.has(key);
  const rows = items as readonly { key?: unknown; run_id?: unknown }[];
  return new Set(rows.map((row) => row.run_id)).size > 1 || new Set(rows.map((row) => row.key)).size > 1;
};

/** As text in which the order of an object's keys does not show. */
const order = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? '';

/** Ids become their symbols, times of now `<time>`, page tokens `<token>`; lists without an order are sorted. */
export const normalise = (answer: Answer, side: Side, symbols: Symbols): Normalised => {
  const unknownIds = new Map<string, string>();
  const named = (id: string): string => {
    const symbol = symbols.named(side, id) ?? unknownIds.get(id);
    if (symbol !== undefined) return symbol;
    // Not a number of its own, which would be taken for that of an experiment.
    const made = `<id ${'abcdefgh'.charAt(unknownIds.size % 8)}>`;
    unknownIds.set(id, made);
    return made;
  };
  // `0` is the same experiment on both.
  const number = (value: string): string =>
    symbols.named(side, value) ?? (/^[1-9]\d*$/.test(value) ? '<experiment>' : value);
  const text = (value: string, key: string): string => {
    if (key === 'next_page_token') return '<token>';
    if (key === 'experiment_id' || key === 'experiment_ids') return number(value);
    if (generatedName.test(value) && ['run_name', 'value', 'name'].includes(key)) return '<generated name>';
    const masked = value.replaceAll(idPattern, named).replace(/^\/.*\/millwright-mlflow-\w+/, '<its folder>');
    // `mlflow-artifacts:/12/…`: the number of the experiment.
    return masked.replace(/(?<=^mlflow-artifacts:\/)\d+(?=\/|$)/, number);
  };
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return text(value, key);
    if (typeof value === 'number') return Math.abs(value - Date.now()) < dayMs ? '<time>' : value;
    if (Array.isArray(value)) {
      const items = value.map((item) => walk(item, key));
      return isUnordered(key, items) ? items.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)) : items;
    }
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, name)]));
    return value;
  };
  const failed = answer.status >= 400;
  const { error_code: code, message } = (answer.json ?? {}) as { error_code?: unknown; message?: unknown };
  const said = (words: string): string =>
    words
      .replaceAll(idPattern, named)
      .replaceAll(
        /(?<=\bids?[ =]|'|The experiment )[1-9]\d*(?![\w.-])/g,
        (digits) => symbols.named(side, digits) ?? digits,
      )
      .replaceAll(/\s+/g, ' ')
      .trim();
  return {
    status: answer.status,
    errorCode: failed ? (typeof code === 'string' ? code : '(no JSON)') : undefined,
    message: failed && typeof message === 'string' ? said(message) : undefined,
    mediaType: failed ? '' : answer.mediaType + (answer.invalidJson ? ' (invalid)' : ''),
    headers: failed ? {} : answer.headers,
    body: failed ? undefined : answer.json === undefined ? answer.text : walk(answer.json, ''),
  };
};

import type { Page } from '@millwright/contract';

export interface PageRequest {
  /** null: the first page. */
  cursor: string | null;
  limit: number;
  /** false: only where the next page begins is wanted, the rows may be bare. */
  whole: boolean;
  signal: AbortSignal;
}
export interface LoadedRow<Row> {
  id: string;
  row: Row;
}
export type ReadPage<Row> = (request: PageRequest) => Promise<Page<Row>>;
export interface PagedOptions<Row> {
  idOf: (row: Row) => string;
  pageSize?: number;
  /** Pages whose rows are kept; of the others only where they begin. */
  keptPages?: number;
}

/**
 * The rows of a list that is read by keyset: page after page, because only a page says where the next one begins. Rows
 * far from those that are looked at are forgotten, but where their pages begin is not, so going back is one request. A
 * jump ahead walks the pages between with bare rows.
 */
export interface PagedRows<Row> {
  subscribe(listener: () => void): () => void;
  /** Changes whenever something below does. */
  version(): number;
  /** undefined: not loaded. */
  rowAt(index: number): LoadedRow<Row> | undefined;
  /** Rows that are looked at; those just before and after are loaded too. */
  want(first: number, last: number): void;
  /** So many rows are known to exist; with `ended` they are all. */
  reached(): number;
  ended(): boolean;
  /** Nothing was read yet. */
  loading(): boolean;
  error(): unknown;
  /** Where a jump ahead is, until it is there. */
  seeking(): { from: number; to: number } | null;
  /** All rows that are kept, in their order. */
  loaded(): LoadedRow<Row>[];
  /** Newer states of rows that are loaded; they stay where they are. */
  patch(rows: readonly Row[]): void;
  /** Reads the same rows again, e.g. with other columns. What is there stays until then. */
  refresh(): void;
  /** Forgets everything and begins with the first page. */
  restart(): void;
  retry(): void;
  /** How pages are read from now on. */
  readWith(read: ReadPage<Row>): void;
  open(): void;
  close(): void;
}

interface LoadedPage<Row> {
  rows: LoadedRow<Row>[];
  generation: number;
}

export const createPagedRows = <Row>(options: PagedOptions<Row>): PagedRows<Row> => {
  const { idOf, pageSize = 500, keptPages = 24 } = options;
  const listeners = new Set<() => void>();
  let version = 0;
  /** Where each page begins, as far as is known. */
  let cursors: (string | null)[] = [null];
  let pages = new Map<number, LoadedPage<Row>>();
  let generation = 0;
  let rowsInAll: number | null = null;
  let wanted = { first: 0, last: 0 };
  let failure: unknown = null;
  let isOpen = false;
  let read: ReadPage<Row> | null = null;
  let seekFrom: number | null = null;
  let running: AbortController | null = null;

  const tell = () => {
    version += 1;
    for (const listener of listeners) listener();
  };
  const pageOf = (index: number) => Math.floor(index / pageSize);

  const nextRequest = (): { page: number; whole: boolean } | null => {
    const [low, high] = [pageOf(wanted.first), pageOf(wanted.last)];
    const near = Array.from({ length: high - low + 1 }, (_none, at) => low + at);
    for (const page of [...near, high + 1, low - 1]) {
      if (page < 0 || pages.get(page)?.generation === generation) continue;
      if (page < cursors.length) return { page, whole: true };
      // Ahead of what is looked at, one page is enough.
      if (rowsInAll === null && (page <= high || page === cursors.length))
        return { page: cursors.length - 1, whole: false };
    }
    return null;
  };

  const keep = (page: number, content: Page<Row>, whole: boolean) => {
    if (whole) {
      const rows = content.items.map((row) => ({ id: idOf(row), row }));
      pages.set(page, { rows, generation });
      const middle = pageOf((wanted.first + wanted.last) / 2);
      while (pages.size > keptPages) {
        const far = [...pages.keys()].reduce((a, b) => (Math.abs(a - middle) >= Math.abs(b - middle) ? a : b));
        pages.delete(far);
      }
    }
    if (content.nextCursor === null) {
      cursors.length = page + 1;
      rowsInAll = page * pageSize + content.items.length;
    } else if (cursors[page + 1] !== content.nextCursor) {
      // Rows came or went before this place: what follows begins elsewhere now.
      cursors = [...cursors.slice(0, page + 1), content.nextCursor];
      rowsInAll = null;
      for (const later of pages.keys()) if (later > page) pages.delete(later);
    }
  };

  const work = async (): Promise<void> => {
    if (running || !isOpen || read === null || failure !== null) return;
    const own = new AbortController();
    running = own;
    for (let next = nextRequest(); next !== null; next = nextRequest()) {
      const { page, whole } = next;
      seekFrom = whole ? null : (seekFrom ?? page * pageSize);
      try {
        const content = await read({ cursor: cursors[page] ?? null, limit: pageSize, whole, signal: own.signal });
        if (running !== own) return;
        keep(page, content, whole);
      } catch (error) {
        if (running !== own) return;
        failure = error;
        break;
      } finally {
        if (running === own) tell();
      }
    }
    seekFrom = null;
    running = null;
    tell();
  };
  const stop = () => {
    running?.abort();
    running = null;
    seekFrom = null;
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    version: () => version,
    rowAt: (index) => pages.get(pageOf(index))?.rows[index % pageSize],
    want(first, last) {
      wanted = { first, last: Math.max(first, last) };
      void work();
    },
    reached: () => rowsInAll ?? (cursors.length - 1) * pageSize,
    ended: () => rowsInAll !== null,
    loading: () => cursors.length === 1 && rowsInAll === null && failure === null,
    error: () => failure,
    seeking: () => {
      const at = (cursors.length - 1) * pageSize;
      return seekFrom === null || wanted.last <= at ? null : { from: at, to: wanted.last };
    },
    loaded: () => [...pages].sort(([a], [b]) => a - b).flatMap(([, { rows }]) => rows),
    patch(rows) {
      const newer = new Map(rows.map((row) => [idOf(row), row]));
      for (const page of pages.values())
        for (const [at, { id }] of page.rows.entries()) {
          const row = newer.get(id);
          if (row !== undefined) page.rows[at] = { id, row };
        }
      tell();
    },
    refresh() {
      stop();
      generation += 1;
      failure = null;
      void work();
    },
    restart() {
      stop();
      [cursors, pages, rowsInAll, failure] = [[null], new Map(), null, null];
      wanted = { first: 0, last: 0 };
      tell();
      void work();
    },
    retry() {
      failure = null;
      tell();
      void work();
    },
    readWith(next) {
      read = next;
    },
    open() {
      isOpen = true;
      void work();
    },
    close() {
      isOpen = false;
      stop();
    },
  };
};

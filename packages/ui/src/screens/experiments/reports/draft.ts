import { MillwrightError, type Report, type ReportBlock } from '@millwright/contract';

export type DraftState = 'saved' | 'changed' | 'saving' | 'stale' | 'failed';
export interface Draft {
  title: string;
  blocks: readonly ReportBlock[];
  /** The one that was saved last, or that editing began at. */
  revision: number;
  state: DraftState;
  error: unknown;
}
type Content = Pick<Draft, 'title' | 'blocks'>;

export interface DraftStore {
  current(): Draft;
  subscribe(listener: () => void): () => void;
  edit(change: (content: Content) => Partial<Content>): void;
  /** At once, and not when the typing pauses. */
  flush(): Promise<void>;
  /** Takes what somebody else saved, and lets one's own changes go. */
  takeTheirs(report: Report): void;
  /** Saves one's own over what somebody else saved. */
  keepMine(theirRevision: number): Promise<void>;
}

const pauseMs = 900;

/** A report that saves itself when the typing pauses: one request at a time, none lost, none over somebody else's. */
export const createDraft = (
  report: Report,
  save: (content: Content & { revision: number }) => Promise<Report>,
): DraftStore => {
  const { title, blocks, revision } = report;
  let draft: Draft = { title, blocks, revision, state: 'saved', error: null };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const set = (patch: Partial<Draft>) => {
    draft = { ...draft, ...patch };
    for (const listener of listeners) listener();
  };
  const store = async (): Promise<void> => {
    clearTimeout(timer);
    if (draft.state !== 'changed' && draft.state !== 'failed') return;
    // A title is needed; until there is one again, the text waits with it.
    if (draft.title.trim() === '') return;
    const sent = draft;
    set({ state: 'saving', error: null });
    try {
      const saved = await save({ title: sent.title.trim(), blocks: sent.blocks, revision: sent.revision });
      const isSame = draft.title === sent.title && draft.blocks === sent.blocks;
      set({ revision: saved.revision, state: isSame ? 'saved' : 'changed' });
      if (!isSame) later();
    } catch (error) {
      const isStale = error instanceof MillwrightError && error.code === 'STALE';
      set({ state: isStale ? 'stale' : 'failed', error });
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void store(), pauseMs);
  };
  return {
    current: () => draft,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    edit(change) {
      set({ ...change(draft), ...(draft.state === 'stale' || draft.state === 'saving' ? {} : { state: 'changed' }) });
      if (draft.state === 'changed') later();
    },
    flush: store,
    takeTheirs(theirs) {
      clearTimeout(timer);
      set({ title: theirs.title, blocks: theirs.blocks, revision: theirs.revision, state: 'saved', error: null });
    },
    async keepMine(theirRevision) {
      set({ revision: theirRevision, state: 'changed' });
      await store();
    },
  };
};

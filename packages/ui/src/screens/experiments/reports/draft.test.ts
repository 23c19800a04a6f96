import { MillwrightError, type Report } from '@millwright/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDraft } from './draft.ts';

const report: Report = {
  id: 'rep_00000000000000000000000000',
  title: 'First',
  blocks: [],
  revision: 3,
  createdBy: 'ada',
  createdAt: 0,
  updatedBy: 'ada',
  updatedAt: 0,
};

describe('a draft', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const aServer = () => {
    const sent: { title: string; revision: number }[] = [];
    let answer: ((error?: unknown) => void) | null = null;
    const save = ({ title, revision }: { title: string; revision: number }) => {
      sent.push({ title, revision });
      return new Promise<Report>((resolve, reject) => {
        answer = (error) => (error ? reject(error) : resolve({ ...report, title, revision: revision + 1 }));
      });
    };
    return { sent, save, answer: async (error?: unknown) => (answer?.(error), await vi.advanceTimersByTimeAsync(0)) };
  };
  const pause = () => vi.advanceTimersByTimeAsync(1000);

  it('saves once when the typing pauses', async () => {
    const server = aServer();
    const draft = createDraft(report, server.save);
    for (const title of ['A', 'Ab', 'Abc']) draft.edit(() => ({ title }));
    expect(draft.current().state).toBe('changed');
    await pause();
    expect(server.sent).toEqual([{ title: 'Abc', revision: 3 }]);
    await server.answer();
    expect(draft.current()).toMatchObject({ state: 'saved', revision: 4 });
  });

  it('saves what was typed while it saved, on top of what it saved', async () => {
    const server = aServer();
    const draft = createDraft(report, server.save);
    draft.edit(() => ({ title: 'one' }));
    await pause();
    draft.edit(() => ({ title: 'two' }));
    await pause();
    expect(server.sent).toHaveLength(1);
    await server.answer();
    await pause();
    expect(server.sent.at(-1)).toEqual({ title: 'two', revision: 4 });
    await server.answer();
    expect(draft.current()).toMatchObject({ state: 'saved', revision: 5 });
  });

  it('writes over nobody: it stops until somebody decides', async () => {
    const server = aServer();
    const draft = createDraft(report, server.save);
    draft.edit(() => ({ title: 'mine' }));
    await pause();
    await server.answer(new MillwrightError('STALE', 'somebody else'));
    draft.edit(() => ({ title: 'mine still' }));
    await pause();
    expect(server.sent).toHaveLength(1);
    expect(draft.current()).toMatchObject({ state: 'stale', title: 'mine still' });
    void draft.keepMine(7);
    expect(server.sent.at(-1)).toEqual({ title: 'mine still', revision: 7 });
    await server.answer();
    expect(draft.current()).toMatchObject({ state: 'saved', revision: 8 });
  });

  it('takes what somebody else saved', async () => {
    const server = aServer();
    const draft = createDraft(report, server.save);
    draft.edit(() => ({ title: 'mine' }));
    draft.takeTheirs({ ...report, title: 'theirs', revision: 9 });
    await pause();
    expect(server.sent).toEqual([]);
    expect(draft.current()).toMatchObject({ title: 'theirs', revision: 9, state: 'saved' });
  });

  it('keeps the text when saving fails, and tries again when told to or when it changes', async () => {
    const server = aServer();
    const draft = createDraft(report, server.save);
    draft.edit(() => ({ title: 'mine' }));
    await pause();
    await server.answer(new Error('gone'));
    expect(draft.current()).toMatchObject({ state: 'failed', title: 'mine' });
    void draft.flush();
    expect(server.sent).toHaveLength(2);
    await server.answer();
    expect(draft.current().state).toBe('saved');
  });

  it('waits with a report that has no title', async () => {
    const server = aServer();
    const draft = createDraft(report, server.save);
    draft.edit(() => ({ title: ' ' }));
    await pause();
    expect(server.sent).toEqual([]);
  });
});

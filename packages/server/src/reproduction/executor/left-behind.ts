import { readFile } from 'node:fs/promises';
import { setTimeout as later } from 'node:timers/promises';

const stillThere = (group: number): boolean => {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
};

/**
 * Ends what a process before this one started and could not end: its supervisor was killed as well. The number of the group
 * counts only while its first process is the one that was written down. Resolves when nothing of it runs any more.
 */
export const endLeftBehind = async (groupFile: string): Promise<void> => {
  const text = await readFile(groupFile, 'utf8').catch(() => '');
  const [, pid, began] = /^(\d+) (\d*)$/.exec(text.trim()) ?? [];
  const group = Number(pid ?? 0);
  if (group <= 1) return;
  const stat = await readFile(`/proc/${group}/stat`, 'utf8').catch(() => '');
  if (stat.split(') ').at(-1)?.split(' ')[19] !== began) return;
  for (let left = 50; left > 0 && stillThere(group); left--) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      return;
    }
    await later(100);
  }
};

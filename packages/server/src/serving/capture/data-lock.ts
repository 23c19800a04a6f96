import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '#platform/errors';

/** When a process began, in clock ticks since the machine started; tells apart processes that were given the same number. Linux only. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Makes this process the only one that captures into the folder; a lock whose process is gone does not count. Answers how to let go. */
export const lockFolder = (dir: string): (() => void) => {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'owner.lock');
  for (let attempt = 1; ; attempt++) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, `${process.pid} ${startOf(process.pid)}`);
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
      const [pid = '', start = ''] = readFileSync(path, 'utf8').split(' ');
      if (isRunning(Number(pid)) && startOf(Number(pid)) === start)
        fail('CONFLICT', `The process ${pid} uses the data folder ${dir} already. Stop it, or give this one a folder of its own with --data-dir.`);
      rmSync(path, { force: true });
    }
  }
};

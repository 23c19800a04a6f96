import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Use {
  residentBytes: number;
  /** Since it began, of user and system. */
  cpuSeconds: number;
}

const ticksPerSecond = 100;

export const processUse = (pid: number): Use => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything: state is the first field, user and system time are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    residentBytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  };
};

/** Of all processes of a group. */
export const groupUse = (group: number): Use => {
  const sum: Use = { residentBytes: 0, cpuSeconds: 0 };
  for (const row of execFileSync('ps', ['-eo', 'pid=,pgid='], { encoding: 'utf8' }).trim().split('\n')) {
    const [pid, pgid] = row.trim().split(/\s+/).map(Number);
    if (pgid !== group || pid === undefined) continue;
    try {
      const { residentBytes, cpuSeconds } = processUse(pid);
      sum.residentBytes += residentBytes;
      sum.cpuSeconds += cpuSeconds;
    } catch {
      // Ended in between.
    }
  }
  return sum;
};

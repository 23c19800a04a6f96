/**
 * How much memory a server keeps is settled when Node starts and cannot be changed later: with its defaults it grows to
 * half as much again, of which nearly all is room nobody uses (docs/adr/0015-memory-of-a-server.md).
 */
const flags = ['--max-semi-space-size=8', '--heap-growing-percent=100'];
const settled = 'MILLWRIGHT_MEMORY_SETTLED';

/**
 * Begins this very process anew with them: the same number, the same standard streams, the same arguments. Does nothing
 * the second time, and where the system cannot do that.
 */
export const settleMemory = () => {
  const { env } = process;
  if (env[settled] !== undefined) {
    // None of the business of processes that are started from here.
    if (env[settled] === 'arenas') delete env.MALLOC_ARENA_MAX;
    delete env[settled];
    return;
  }
  if (process.platform === 'win32' || typeof process.execve !== 'function') return;
  const arenas = env.MALLOC_ARENA_MAX === undefined ? { MALLOC_ARENA_MAX: '2', [settled]: 'arenas' } : { [settled]: 'flags' };
  process.execve(process.execPath, [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)], {
    ...env,
    ...arenas,
  });
};

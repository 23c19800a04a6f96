import { expect, it } from 'vitest';
import { claimTermination, enterNativePhase, newThreadPhase } from './thread-phase.ts';

it('keeps a thread that entered native code from being ended', () => {
  const phase = newThreadPhase();
  expect(enterNativePhase(phase)).toBe(true);
  expect(claimTermination(phase)).toBe(false);
});

it('keeps a thread that is being ended out of native code', () => {
  const phase = newThreadPhase();
  expect(claimTermination(phase)).toBe(true);
  expect(enterNativePhase(phase)).toBe(false);
});

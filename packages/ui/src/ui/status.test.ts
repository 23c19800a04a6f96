import { describe, expect, it } from 'vitest';
import { statusLook, worstOf } from './status.ts';

describe('worstOf', () => {
  it('is the worst of the parts and null without parts', () => {
    expect(worstOf(['ok', 'failing', 'warning'])).toBe('failing');
    expect(worstOf(['empty', 'ok'])).toBe('ok');
    expect(worstOf([])).toBeNull();
  });
});
describe('statusLook', () => {
  it('shows a state it does not know by its own word, without a tone', () => {
    expect(statusLook('half-open')).toMatchObject({ word: 'Half open', tone: 'idle' });
  });
});

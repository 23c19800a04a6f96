import { expect, it } from 'vitest';
import { createVault } from './index.ts';

const vault = createVault('the key of this instance');

it('opens what it sealed, and never seals the same text twice in the same way', () => {
  const [one, two] = [vault.seal('schlüssel', 'chn_1'), vault.seal('schlüssel', 'chn_1')];
  expect(one).not.toBe(two);
  expect(one).not.toContain('schl');
  expect([vault.open(one, 'chn_1'), vault.open(two, 'chn_1')]).toEqual(['schlüssel', 'schlüssel']);
});

it('opens nothing in another place, with another key, or after a change', () => {
  const sealed = vault.seal('secret', 'chn_1');
  // In the middle: of the last character some bits say nothing.
  const at = sealed.length - 4;
  const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
  for (const attempt of [
    () => vault.open(sealed, 'chn_2'),
    () => createVault('another key').open(sealed, 'chn_1'),
    () => vault.open(changed, 'chn_1'),
    () => vault.open('v1.', 'chn_1'),
  ])
    expect(attempt).toThrow('Enter it again');
});

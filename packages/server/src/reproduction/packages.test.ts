import { describe, expect, it } from 'vitest';
import { minorOf, missingFrom, readPackages, requirementsOf } from './packages.ts';

describe('recorded packages', () => {
  const text = [
    'Scikit_Learn==1.5.0',
    'torch==2.4.0+cpu',
    'pip==24.0',
    'mine==0.1  # from a local folder',
    'tool @ git+https://host/tool@abc',
    '--index-url=elsewhere',
    '-r /etc/passwd',
    'a==1 --hash=x',
    '',
  ].join('\n');
  const packages = readPackages(text);
  it('are names and versions; everything else is set apart', () => {
    expect([...packages.pinned]).toEqual([
      ['scikit-learn', '1.5.0'],
      ['torch', '2.4.0+cpu'],
    ]);
    expect(packages.others).toHaveLength(5);
  });
  it('are handed to pip as nothing but names and versions', () => {
    expect(requirementsOf(packages)).toBe('scikit-learn==1.5.0\ntorch==2.4.0+cpu\n');
  });
  it('agree with an environment that has them all, and more', () => {
    const installed = new Map([
      ['scikit-learn', '1.5.0'],
      ['torch', '2.3.0'],
      ['more', '1'],
    ]);
    expect(missingFrom(packages, installed)).toEqual([{ name: 'torch', wanted: '2.4.0+cpu', has: '2.3.0' }]);
    expect(missingFrom(packages, new Map([...installed, ['torch', '2.4.0+cpu']]))).toEqual([]);
  });
  it('belong to a minor version of Python', () => expect(minorOf('3.12.4')).toBe('3.12'));
});

import { describe, expect, it } from 'vitest';
import { codeFacts, commandLine, commitAddress, energyOf, formatEnergy, hostOf, seedsOf } from './facts.ts';

describe('what a run says of itself', () => {
  it('is read from our tags, and from MLflow’s where ours are missing', () => {
    const theirs = { 'mlflow.source.git.commit': 'abc', 'mlflow.source.name': 'train.py' };
    expect(codeFacts(theirs)).toMatchObject({ commit: 'abc', command: ['train.py'], isDirty: null });
    const ours = {
      ...theirs,
      'millwright.git.commit': 'def',
      'millwright.git.dirty': 'true',
      'millwright.git.diff': 'cut',
      'millwright.command': '["python","train.py","--name","a b"]',
    };
    expect(codeFacts(ours)).toMatchObject({ commit: 'def', isDirty: true, isDiffCut: true });
    expect(commandLine(codeFacts(ours).command ?? [])).toBe("python train.py --name 'a b'");
  });

  it('is nothing where a tag is not what it should be', () => {
    for (const broken of ['', '{', 'null', '3', '[]', '"x"']) {
      const tags = { 'millwright.command': broken, 'millwright.seeds': broken, 'millwright.energy': broken };
      expect(codeFacts(tags).command).toBeNull();
      expect(seedsOf(tags)).toEqual([]);
      expect(energyOf(tags)).toBeNull();
    }
    expect(energyOf({ 'millwright.energy': '{"kilowattHours":1,"parts":3}' })?.parts).toEqual([]);
    expect(hostOf('{"cpu":3,"gpus":[null,{"name":"A100"}]}')).toMatchObject({
      cpu: { count: 0, limit: null },
      gpus: [{ name: 'A100', memoryBytes: null, driver: null }],
    });
    expect(hostOf('[]')).toBeNull();
  });

  it('links a commit only to a plain address', () => {
    const page = 'https://github.com/team/repo/commit/0123456';
    for (const address of [
      'https://github.com/team/repo.git',
      'git@github.com:team/repo.git',
      'ssh://git@github.com:22/team/repo',
    ])
      expect(commitAddress(address, '0123456')).toBe(page);
    for (const address of ['javascript:alert(1)', '/srv/repo', 'https://u:p@host/x', 'https://host/../x', ''])
      expect(commitAddress(address, '0123456')).toBeNull();
    expect(commitAddress('https://github.com/team/repo', 'main"><')).toBeNull();
  });

  it('says small energies in units people read', () => {
    expect([2.5, 0.0123, 0.0000377].map(formatEnergy)).toEqual(['2.5 kWh', '12.3 Wh', '37.7 mWh']);
  });
});

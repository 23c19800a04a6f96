import { describe, expect, it } from 'vitest';
import { checkCommit, checkRepository, checkWorkdir, readArguments } from './command.ts';

const refused = { ok: false };

describe('a recorded command', () => {
  it('is read without its interpreter, whatever else stands in it', () => {
    const args = ['-m', 'train', '--name', '$(rm -rf /); `id`', ''];
    expect(readArguments(JSON.stringify(['python3.12', ...args]))).toEqual({ ok: true, value: args });
  });
  it.each([
    ['no JSON', 'python train.py'],
    ['no list', '"python"'],
    ['not of texts', '["python", 1]'],
    ['nothing but an interpreter', '["python"]'],
    ['of another program', '["bash", "-c", "id"]'],
    ['of a program that is only called nearly so', '["python3;id", "train.py"]'],
    ['with a masked secret', '["python", "train.py", "--token=***"]'],
    ['cut off', '["python", "train.py", "…"]'],
    ['of a notebook', '["python", "-m", "ipykernel_launcher", "-f", "x.json"]'],
    ['with NUL', '["python", "a\\u0000b"]'],
  ])('is refused when it is %s', (_what, text) => expect(readArguments(text)).toMatchObject(refused));
});

describe('the address of a repository', () => {
  const allowed = 'https://,ssh://git@host/,git@host:team/,/srv/git';
  it.each([
    ['https://host/team/project.git', 'https'],
    ['ssh://git@host/team/project', 'ssh'],
    ['git@host:team/project.git', 'ssh'],
    ['/srv/git/project', 'file'],
    ['file:///srv/git/project', 'file'],
  ])('may be %s', (address, transport) =>
    expect(checkRepository(address, allowed)).toEqual({ ok: true, value: { repository: address, transport } }),
  );
  it.each([
    'ext::sh -c id',
    'ext::sh',
    'fd::17',
    '--upload-pack=id',
    '-oProxyCommand=id',
    'ssh://-oProxyCommand=id/x',
    'git@-oProxyCommand=id:x',
    'git@host:-x',
    '/srv/gitx/project',
    '/srv/git/../../etc',
    'file:///etc/passwd',
    'http://host/project',
    'git://host/project',
    'https://host/pro\nject',
    'git@other:team/project',
    'git@host:teammates/project',
    '',
  ])('may not be %s', (address) => expect(checkRepository(address, allowed)).toMatchObject(refused));
  it('is below what is allowed, not only spelt alike', () => {
    const only = 'https://github.com/team';
    expect(checkRepository('https://github.com/team/project', only).ok).toBe(true);
    for (const address of [
      'https://github.com/teammates/x',
      'https://github.com@evil/team/x',
      'https://github.com.evil/team/x',
    ])
      expect(checkRepository(address, only), address).toMatchObject(refused);
    expect(checkRepository('https://github.com/team/project', '')).toMatchObject(refused);
  });
});

describe('a commit and a working folder', () => {
  it('are what git and a path can be told without doubt', () => {
    expect(checkCommit('a'.repeat(40)).ok).toBe(true);
    for (const commit of ['HEAD', '--help', 'a'.repeat(39), 'A'.repeat(40), `${'a'.repeat(40)}\n`])
      expect(checkCommit(commit), commit).toMatchObject(refused);
    for (const workdir of ['.', 'src', 'a/b c/d'])
      expect(checkWorkdir(workdir), workdir).toEqual({ ok: true, value: workdir });
    for (const workdir of ['/tmp', '..', 'a/../../b', 'C:\\x', 'a\\..\\b', '.git/hooks', 'a\u0000'])
      expect(checkWorkdir(workdir), workdir).toMatchObject(refused);
  });
});

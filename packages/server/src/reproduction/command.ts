/** What a recorded command needs to be run again, checked: nothing of it was chosen by whom it is run for. */
export interface RecordedCommand {
  /** After the interpreter. */
  args: string[];
  repository: string;
  /** By which of git's transports. */
  transport: 'https' | 'http' | 'ssh' | 'file';
  commit: string;
  /** Relative to the top of the repository; `.` is the top. */
  workdir: string;
}

export type Checked<T> = { ok: true; value: T } | { ok: false; reason: string };
const refuse = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

/** What the Python package puts in the place of a secret, and of the end of a command that is too long. */
const mask = '***';
const cut = '…';

/** The recorded arguments, without the interpreter that stands first. */
export const readArguments = (recorded: string): Checked<string[]> => {
  let argv: unknown;
  try {
    argv = JSON.parse(recorded);
  } catch {
    return refuse('The recorded command is no list of arguments.');
  }
  if (!Array.isArray(argv) || !argv.every((one): one is string => typeof one === 'string') || argv.length < 2)
    return refuse('The recorded command is no list of arguments.');
  const [program = '', ...args] = argv;
  if (!/^python[0-9.]*(?:\.exe)?$/.test(program.split(/[\\/]/).at(-1) ?? ''))
    return refuse(`The run was started by ${program}: only commands of Python can be run again.`);
  if (args.at(-1) === cut) return refuse('The recorded command is cut off: it was too long to be kept.');
  if (args.some((one) => one.includes(mask)))
    return refuse('The recorded command held a secret, which was not kept. Pass secrets by the environment.');
  if (args.some((one) => one.includes('\u0000'))) return refuse('The recorded command holds the character NUL.');
  if (args.some((one) => /ipykernel|colab_kernel/.test(one)))
    return refuse('The run came from a notebook, which has no command to run again.');
  return { ok: true, value: args };
};

const unsafe = /[\u0000-\u0020\u007f]/;

/** How git would fetch from there; null for whatever is not plainly one of these. */
const transportOf = (address: string): RecordedCommand['transport'] | null => {
  if (/^https:\/\//i.test(address)) return 'https';
  if (/^http:\/\//i.test(address)) return 'http';
  if (/^ssh:\/\//i.test(address)) return 'ssh';
  if (/^file:\/\/\//i.test(address) || address.startsWith('/')) return 'file';
  // git@host:path, which is neither an option nor a transport of its own (`ext::`).
  if (/^(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!:)[^-]/.test(address)) return 'ssh';
  return null;
};

/** `https://host/team` allows what lies below it, and not `https://host/teammates`. */
const beginsWith = (address: string, beginning: string): boolean =>
  address.startsWith(beginning) && (/[/:]$/.test(beginning) || /^(?:[/:]|$)/.test(address.slice(beginning.length)));

/** `allowed`: beginnings of addresses, separated by commas; `/` stands for `file:///`. */
export const checkRepository = (
  address: string,
  allowed: string,
): Checked<Pick<RecordedCommand, 'repository' | 'transport'>> => {
  const transport =
    address.startsWith('-') || unsafe.test(address) || address.length > 1000 ? null : transportOf(address);
  if (transport === null)
    return refuse(`'${address.slice(0, 100)}' is no address of a repository that can be fetched here.`);
  const path = (text: string) => text.replace(/^file:\/\/(?=\/)/i, '');
  if (/(?:^|\/)\.\.(?:\/|$)/.test(address)) return refuse(`The address '${address}' leads out of itself.`);
  const beginnings = allowed.split(',').map((one) => one.trim());
  if (!beginnings.some((one) => one !== '' && beginsWith(path(address), path(one))))
    return refuse(
      `The repository ${address} is not among those allowed here (${allowed || 'none'}). The operator sets them by --process-repositories.`,
    );
  return { ok: true, value: { repository: address, transport } };
};

export const checkCommit = (commit: string): Checked<string> =>
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)
    ? { ok: true, value: commit }
    : refuse(`'${commit.slice(0, 80)}' is no full commit id.`);

export const checkWorkdir = (workdir: string): Checked<string> => {
  const parts = workdir.split('/');
  if (workdir.startsWith('/') || /^[A-Za-z]:|\\/.test(workdir))
    return refuse(`The run was started in ${workdir}, outside of its repository.`);
  if (workdir.includes('\u0000') || parts.some((part) => part === '..' || part === '.git'))
    return refuse(`The working folder '${workdir}' leads out of its repository.`);
  return { ok: true, value: workdir };
};

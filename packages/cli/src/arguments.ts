/** What stands on the command line: words, and flags as `--name value`, `--name=value` or `--name`. */
export interface Arguments {
  words: string[];
  flags: Record<string, string | boolean>;
}

export class UsageError extends Error {}

/** A flag takes the next word as its value unless it is one of `switches` or the next word is a flag. */
export const parseArguments = (argv: readonly string[], switches: readonly string[] = []): Arguments => {
  const words: string[] = [];
  const flags: Record<string, string | boolean> = {};
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === '--') {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (!word.startsWith('--')) {
      words.push(word);
      continue;
    }
    const [name = '', ...rest] = word.split('=');
    if (name in flags) throw new UsageError(`${name} is given twice`);
    const next = argv[i + 1];
    if (rest.length > 0) flags[name] = rest.join('=');
    else if (switches.includes(name) || next === undefined || next.startsWith('--')) flags[name] = true;
    else {
      flags[name] = next;
      i++;
    }
  }
  return { words, flags };
};

export const takeText = (flags: Record<string, string | boolean>, name: string): string | undefined => {
  const value = flags[name];
  if (value === undefined) return undefined;
  delete flags[name];
  if (typeof value !== 'string') throw new UsageError(`${name} needs a value`);
  return value;
};

export const takeSwitch = (flags: Record<string, string | boolean>, name: string): boolean => {
  const value = flags[name];
  delete flags[name];
  if (value === undefined || value === true || value === 'true') return value !== undefined;
  throw new UsageError(`${name} takes no value`);
};

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** How MLflow's clients spell the id of a run: its 128 bits as 32 hexadecimal digits instead of 26 digits of base 32. */
export const mlflowIdOf = (id: string): string => {
  let value = 0n;
  for (const digit of id.slice(id.indexOf('_') + 1)) value = (value << 5n) | BigInt(alphabet.indexOf(digit));
  return value.toString(16).padStart(32, '0');
};

/** The run that MLflow's clients call so; null for what is no such id. */
export const runIdOfMlflow = (hex: string): string | null => {
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  let value = BigInt(`0x${hex}`);
  let text = '';
  for (let at = 0; at < 26; at += 1) {
    text = alphabet[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return `run_${text}`;
};

/** A name that is not well encoded stands for itself. */
const decodeName = (name: string): string => {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};

export type MlflowLink = { run: string } | { experiment: number } | { model: string };

/** What the addresses that MLflow's clients print are about: `#/experiments/3`, `#/experiments/3/runs/0193...`. */
export const readMlflowLink = (hash: string): MlflowLink | null => {
  const [, kind, name = '', part, hex = ''] =
    /^#\/(experiments|models)\/([^/?]+)(?:\/(runs|versions)\/([^/?]+))?/.exec(hash) ?? [];
  if (kind === 'models') return { model: decodeName(name) };
  if (kind !== 'experiments') return null;
  if (part === 'runs') {
    const run = runIdOfMlflow(hex);
    return run === null ? null : { run };
  }
  return /^\d{1,15}$/.test(name) ? { experiment: Number(name) } : null;
};

/** What a run had installed, as `millwright/packages.txt` tells it. */
export interface RecordedPackages {
  /** From a name as pip compares it to its version. */
  pinned: Map<string, string>;
  /** Lines that name no version of the index: from an address, a folder, or unreadable. */
  others: string[];
}

/** PEP 503: `Scikit_Learn` and `scikit-learn` are one. */
export const plainName = (name: string): string => name.replace(/[-_.]+/g, '-').toLowerCase();

const line = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)==([A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*(#.*)?$/;
/** They come with every environment, in the version that made it. */
const makers = new Set(['pip', 'setuptools', 'wheel']);

export const readPackages = (text: string): RecordedPackages => {
  const pinned = new Map<string, string>();
  const others: string[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [, name, version, note] = line.exec(trimmed) ?? [];
    if (name === undefined || version === undefined) others.push(trimmed);
    else if (note !== undefined) others.push(trimmed);
    else if (!makers.has(plainName(name))) pinned.set(plainName(name), version);
  }
  return { pinned, others };
};

/** What pip is given: nothing but names and versions that were checked, so that no line can be an option of its. */
export const requirementsOf = ({ pinned }: RecordedPackages): string =>
  [...pinned].map(([name, version]) => `${name}==${version}\n`).join('');

/** Of the recorded packages, those that an environment lacks or has in another version. */
export const missingFrom = (
  { pinned }: RecordedPackages,
  installed: ReadonlyMap<string, string>,
): { name: string; wanted: string; has: string | null }[] =>
  [...pinned].flatMap(([name, wanted]) => {
    const has = installed.get(name) ?? null;
    return has === wanted ? [] : [{ name, wanted, has }];
  });

/** `3.12` of `3.12.4`: packages are made for it. */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** What programs need to run at all; nothing of it is a secret. */
const harmless = ['PATH', 'LANG', 'LC_ALL', 'TZ'];

/** The variables of this process that a child may see: those, and the ones named (separated by commas). */
export const processEnvironment = (names: string): Record<string, string> =>
  Object.fromEntries(
    [...harmless, ...names.split(',').map((name) => name.trim())].flatMap((name) => {
      const value = process.env[name];
      return name === '' || value === undefined ? [] : [[name, value]];
    }),
  );

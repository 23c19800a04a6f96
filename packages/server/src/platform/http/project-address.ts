/**
 * Programs that can be told an address but no header choose a project by it: `/projects/<name>` before what they append.
 * Only protocols are reached in this way; pages of the console and native operations name the project themselves.
 * Where the address they were told ends in a slash, what they append begins with a second one.
 */
const addressed =
  /^\/+(?:projects\/([a-z0-9][a-z0-9-]{0,62})\/+)?((?:ajax-)?api\/[23]\.0\/.*|(?:version|health|get-artifact|model-versions\/get-artifact|v1\/traces)(?:\?.*)?)$/s;

/** The address without the prefix. */
export const withoutProject = (url: string): string => {
  const path = addressed.exec(url)?.[2];
  return path === undefined ? url : `/${path}`;
};

/** The project that the address as it came begins with. */
export const projectOfAddress = (url: string): string | null => addressed.exec(url)?.[1] ?? null;

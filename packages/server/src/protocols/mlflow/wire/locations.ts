import { modelIdOnWire, runIdOnWire } from './ids.ts';

/** The place of `path` below a location: the query of an address stays at its end. */
const below = (location: string, path: string): string => {
  const [, root = location, rest = ''] = /^([a-z][a-z0-9+.-]*:[^?]*)(.*)$/is.exec(location) ?? [];
  return `${root.replace(/\/$/, '')}/${path}${rest}`;
};

/** Where the files of a run are, below the location of its experiment. */
export const filesOfRun = (location: string, run: string): string => below(location, `${runIdOnWire(run)}/artifacts`);

/** The same of a logged model. */
export const filesOfModel = (location: string, model: string): string =>
  below(location, `models/${modelIdOnWire(model)}/artifacts`);

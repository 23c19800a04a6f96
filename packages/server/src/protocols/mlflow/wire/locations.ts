/** The place of `path` below a location: the query of an address stays at its end. */
export const below = (location: string, path: string): string => {
  const [, root = location, rest = ''] = /^([a-z][a-z0-9+.-]*:[^?]*)(.*)$/is.exec(location) ?? [];
  return `${root.replace(/\/$/, '')}/${path}${rest}`;
};

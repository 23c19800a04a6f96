import type { Normalised } from './normalise.ts';

/** One thing in which two answers differ. */
export interface Difference {
  /** The same for the same thing on other requests: list positions and values left out. */
  kind: string;
  theirs: unknown;
  ours: unknown;
}

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value === 'object' ? 'object' : typeof value;

const inBody = (theirs: unknown, ours: unknown, path: string): Difference[] => {
  if (Object.is(theirs, ours)) return [];
  const types = [typeOf(theirs), typeOf(ours)];
  if (types[0] !== types[1]) return [{ kind: `${path || 'body'} is ${types[0]}, ours ${types[1]}`, theirs, ours }];
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    if (theirs.length !== ours.length) return [{ kind: `${path}: number of entries`, theirs, ours }];
    const sorted = (list: unknown[]): string[] => list.map((item) => JSON.stringify(item)).toSorted();
    if (JSON.stringify(theirs) !== JSON.stringify(ours) && `${sorted(theirs)}` === `${sorted(ours)}`)
      return [{ kind: `${path}: order`, theirs, ours }];
    return theirs.flatMap((item, index) => inBody(item, ours[index], `${path}[]`));
  }
  if (types[0] === 'object') {
    const [left, right] = [theirs, ours] as Record<string, unknown>[] as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key): Difference[] => {
      const at = path ? `${path}.${key}` : key;
      if (!(key in left)) return [{ kind: `${at} only in ours`, theirs: undefined, ours: right[key] }];
      if (!(key in right)) return [{ kind: `${at} missing in ours`, theirs: left[key], ours: undefined }];
      return inBody(left[key], right[key], at);
    });
  }
  return [{ kind: `${path || 'body'}: value`, theirs, ours }];
};

/** Whether a difference is one of status or error code. */
export const isOutcome = (kind: string): boolean => /^\d{3}\b/.test(kind);

const answerName = ({ status, errorCode }: Normalised): string => `${status}${errorCode ? ` ${errorCode}` : ''}`;

const cutAt = 120;

/** Whether ours says what theirs does, maybe more: where, or what to do. A long value may be cut. */
const saysTheSame = (theirs: string | undefined, ours: string | undefined): boolean =>
  theirs === undefined ||
  (ours ?? '').startsWith(theirs.replace(/\.$/, '')) ||
  (theirs.length > 1.5 * cutAt && theirs.slice(0, cutAt) === ours?.slice(0, cutAt));

/** Everything in which two normalised answers differ; a difference of status hides the rest. */
export const compare = (theirs: Normalised, ours: Normalised): Difference[] => {
  if (answerName(theirs) !== answerName(ours))
    return [{ kind: `${answerName(theirs)}, ours ${answerName(ours)}`, theirs: theirs.body, ours: ours.body }];
  const differences: Difference[] = [];
  if (!saysTheSame(theirs.message, ours.message))
    differences.push({ kind: 'message', theirs: theirs.message, ours: ours.message });
  if (theirs.mediaType !== ours.mediaType)
    differences.push({
      kind: `content type ${theirs.mediaType}, ours ${ours.mediaType}`,
      theirs: theirs.mediaType,
      ours: ours.mediaType,
    });
  for (const name of new Set([...Object.keys(theirs.headers), ...Object.keys(ours.headers)]))
    if (theirs.headers[name] !== ours.headers[name])
      differences.push({ kind: `header ${name}`, theirs: theirs.headers[name], ours: ours.headers[name] });
  return [...differences, ...inBody(theirs.body, ours.body, '')];
};

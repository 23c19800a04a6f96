import type { Exchange } from '../session.ts';
import { refused, type KnownDifference } from './known-difference.ts';

const filesOf = ({ json }: Exchange['ours']): string[] =>
  ((json as { files?: { path: string }[] } | undefined)?.files ?? []).map(({ path }) => path);

const isDownload = ({ step }: Exchange): boolean =>
  /^GET (mlflow-artifacts\/artifacts\/|\/get-artifact)/.test(step.endpoint);

const oddPath = /^path (.*(%00|%5C)|%2f|\/|file:|[A-Z]:)/i;

const isOfArtifacts = ({ step }: Exchange): boolean => /artifact/.test(step.path);

/** What differs about artifacts. */
export const files: readonly KnownDifference[] = [
  {
    what: 'Files that a browser would run, as HTML and SVG, are `application/octet-stream`.',
    why: 'MLflow serves them as what they are, on its own origin.',
    matches: ({ kind }, exchange) =>
      isDownload(exchange) && /^content type (text\/html|image\/svg\+xml), ours application\/octet-stream$/.test(kind),
  },
  {
    what: 'A `.` as part of the path of an artifact is left out, and means the folder it stands in.',
    why: 'MLflow answers so where it lists, and where it reads or writes 400, 404 or 500.',
    matches: (_difference, exchange) => isOfArtifacts(exchange) && /^path (.*\/)?\.(\/|$)/.test(exchange.step.variant),
  },
  {
    what: 'Paths of artifacts with control characters, backslashes, drive letters or a path from the root in them are refused with 400.',
    why: 'MLflow takes some of them as names of files, and does not find what it took. They mean another file on another system.',
    matches: (_difference, exchange) =>
      isOfArtifacts(exchange) && oddPath.test(exchange.step.variant) && refused(exchange.ours),
  },
  {
    what: 'Large files may be sent in parts, and any file be read and written by an address that was signed for it, whatever the storage.',
    why: 'MLflow answers 400 or 501 unless its files lie in a cloud bucket that clients reach. The addresses are good for minutes, of this server, or of the bucket with `--s3-direct-endpoint`.',
    matches: (_difference, { step, theirs, ours }) =>
      /mpu\/|presigned/.test(step.endpoint) &&
      (theirs.status === 400 || theirs.status === 501) &&
      (ours.status === 200 ||
        ours.status === 404 ||
        (ours.status === 400 && /comes in 1 to \d+ parts/.test(ours.text))),
  },
  {
    what: 'The place for files of an experiment may not lead upwards.',
    why: 'MLflow takes a relative path with `..` for a folder of its server.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST experiments/create' &&
      theirs.status === 200 &&
      /Invalid artifact location: .* It may hold no '\.\.'/.test(ours.text),
  },
  {
    what: 'An upload answers nothing, and says so.',
    why: 'MLflow answers an empty text that it calls JSON.',
    matches: ({ kind }, { step }) => step.endpoint === 'POST upload-artifact' && kind.startsWith('content type'),
  },
  {
    what: 'Two slashes before the name of a file are one.',
    why: 'MLflow takes such paths, and then does not find all that it took.',
    matches: (_difference, exchange) =>
      isOfArtifacts(exchange) && exchange.step.variant === 'path a//b' && exchange.ours.status < 400,
  },
  {
    what: 'Paths of files have up to 1,000 characters.',
    why: 'MLflow fails with 500 where its file system takes no longer names.',
    matches: (_difference, exchange) =>
      isOfArtifacts(exchange) && exchange.step.variant.endsWith('characters') && exchange.theirs.status === 500,
  },
  {
    what: 'A folder without files is not there.',
    why: 'MLflow lists folders whose files were deleted.',
    matches: ({ kind }, { step, theirs, ours }) =>
      /^GET (artifacts\/list|mlflow-artifacts\/artifacts)$/.test(step.endpoint) &&
      kind === 'files: number of entries' &&
      filesOf(theirs).filter((path) => !filesOf(ours).includes(path)).length > 0 &&
      filesOf(ours).every((path) => filesOf(theirs).includes(path)),
  },
  {
    what: 'A folder that is asked for as if it were a file is named below its run, and the error has a code.',
    why: 'MLflow names it by its place in its own tree, and the proxy leaves the code out.',
    matches: ({ kind }, exchange) =>
      isDownload(exchange) &&
      exchange.theirs.text.includes('Artifact path refers to a directory') &&
      exchange.ours.text.includes('Artifact path refers to a directory') &&
      (kind === 'message' || kind === '400 (no JSON), ours 400 INVALID_PARAMETER_VALUE'),
  },
];

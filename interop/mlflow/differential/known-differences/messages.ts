import type { KnownDifference } from './known-difference.ts';

/** What the messages of MLflow name that is not here: its settings, its kinds of storage. */
const settings =
  /environment variable|MLFLOW_|artifact storage|scheme|local path|absolute path|must identify|fragments|non-public|hostname/i;

/** The same refusal in other words. */
export const messages: readonly KnownDifference[] = [
  {
    what: 'Messages about filters and orders say what was expected, and at which character.',
    why: 'MLflow repeats the text, or lists names in an order that differs from answer to answer.',
    matches: ({ kind }, { step, ours }) =>
      kind === 'message' &&
      step.endpoint.endsWith('search') &&
      /\(at character \d+\)|Invalid order by field name/.test(ours.text),
  },
  {
    what: 'Where several fields of a search are wrong, another one is told of first.',
    why: 'MLflow looks at the list of its schema, and blames a right field where it cannot read another.',
    matches: ({ kind, ours }, { step }) =>
      kind === 'message' &&
      /search(-datasets)?$/.test(step.endpoint) &&
      /^(Invalid value .* for parameter|Invalid view type|The page token)/.test(`${ours}`),
  },
  {
    what: 'A page token of another search for logged models is refused without repeating that search.',
    why: 'MLflow keeps the whole search in its tokens. One here holds as much as it takes to compare.',
    matches: ({ kind }, { ours }) =>
      kind === 'message' && /in the page token do(es)? not match the requested .* Start again/.test(ours.text),
  },
  {
    what: 'A body that cannot be read is said to be that.',
    why: 'MLflow takes it for an empty one and says what it lacks.',
    matches: ({ kind, ours }) =>
      kind === 'message' && /^The body (is not valid JSON|must be a JSON object)/.test(`${ours}`),
  },
  {
    what: 'A field in a list is named by its place.',
    why: 'MLflow names the field only, and an empty key where it could not read another type.',
    matches: ({ kind, ours }, { step }) =>
      kind === 'message' &&
      /\[\]| is a list of text$/.test(step.variant) &&
      /for (required )?parameter '\w+(\[\d+\])?/.test(`${ours}`),
  },
  {
    what: 'A file that is not there is named by its path below its run.',
    why: 'MLflow names it by its place in its own tree.',
    matches: ({ kind, theirs, ours }) =>
      kind === 'message' && `${theirs}`.startsWith('No such artifact: ') && `${ours}`.startsWith('No such artifact: '),
  },
  {
    what: 'The message about an address or a source that is refused says what to do here.',
    why: 'MLflow names settings and environment variables of its own server.',
    matches: ({ kind, theirs }, { step }) =>
      kind === 'message' &&
      settings.test(`${theirs}`) &&
      /^(POST (webhooks|model-versions\/create|experiments\/create|artifacts\/presigned-\w+-url|mlflow-artifacts\/mpu\/\w+)|PATCH webhooks\/\{id\})$/.test(
        step.endpoint,
      ),
  },
];

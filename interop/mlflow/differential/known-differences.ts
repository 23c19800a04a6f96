import type { Difference } from './compare.ts';
import { beyondMlflow } from './filters.ts';
import type { Exchange } from './session.ts';

export interface KnownDifference {
  /** What this server does, in a sentence. */
  what: string;
  /** What MLflow does, and why this one does not. */
  why: string;
  matches(difference: Difference, exchange: Exchange): boolean;
}

const isDownload = ({ step }: Exchange): boolean =>
  /^GET (mlflow-artifacts\/artifacts\/|\/get-artifact)/.test(step.endpoint);
const oddPath = /^path (.*(%00|%5C)|%2f|\/|file:|[A-Z]:)/i;
const isOfArtifacts = ({ step }: Exchange): boolean => /artifact/.test(step.path);
const refused = ({ status, json }: Exchange['ours']): boolean =>
  status === 400 && (json as { error_code?: string } | undefined)?.error_code === 'INVALID_PARAMETER_VALUE';

/** Everything in which this server means to differ from MLflow. What is not in here is a defect. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    what: 'Filters may use OR, NOT and parentheses.',
    why: 'MLflow answers 400. The grammar here is a superset of its own.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant.startsWith(beyondMlflow) && theirs.status >= 400 && ours.status === 200,
  },
  {
    what: 'IN, BETWEEN and IS NULL work on every field they make sense for.',
    why: 'MLflow has IN and IS NULL for a few only, and answers 400 for the rest.',
    matches: (_difference, { step, theirs, ours }) =>
      /\b(IN|BETWEEN|IS (NOT )?NULL)\b/i.test(filterOf(step)) &&
      /IS NULL \/ IS NOT NULL is not supported|support comparison with a list|Expected a list of comparisons|Invalid clause|Got value \(|Invalid comparator|Invalid comparison operator/.test(
        theirs.text,
      ) &&
      theirs.status === 400 &&
      ours.status === 200,
  },
  {
    what: 'What makes MLflow fail with 500 is refused with 400 or 404.',
    why: 'A client retries after 500, for minutes, what can never succeed.',
    matches: ({ kind }, { theirs, ours }) =>
      kind !== 'message' && theirs.status === 500 && [400, 404].includes(ours.status),
  },
  {
    what: 'What the database of MLflow refuses has the error code of what is wrong.',
    why: 'MLflow answers BAD_REQUEST, or 400, with the SQL statement and its parameters in the message.',
    matches: (_difference, { theirs, ours }) => /\[SQL: /.test(theirs.text) && [400, 404].includes(ours.status),
  },
  {
    what: 'A field of the wrong type is refused with 400.',
    why: 'MLflow drops what it cannot parse and stores a default in its place: a point at time 0, a run without its tags.',
    matches: (_difference, { step, theirs, ours }) => step.wrongType === true && theirs.status === 200 && refused(ours),
  },
  {
    what: 'An unknown word in place of a status, a stage or a view is refused with 400.',
    why: 'MLflow ignores it and answers 200, so that the change asked for is lost.',
    matches: (_difference, { step, theirs, ours }) =>
      /(status|view_type) is |a view that is none/.test(step.variant) &&
      /(runs\/update|\/search|logged-models\/\{id\}|webhooks(\/\{id\})?)$/.test(step.endpoint) &&
      theirs.status === 200 &&
      refused(ours),
  },
  {
    what: 'A change of a webhook whose body is no JSON object is refused with 400.',
    why: 'MLflow takes it for an empty one and answers 200, so that the change asked for is lost.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'PATCH webhooks/{id}' && theirs.status === 200 && refused(ours) && step.rawBody !== undefined,
  },
  {
    what: 'The address of a webhook may hold no user and no password.',
    why: 'MLflow keeps them and shows them to everybody who may read the webhook.',
    matches: (_difference, { step, theirs, ours }) =>
      /webhooks/.test(step.endpoint) && step.variant.includes('user:secret@') && theirs.status === 200 && refused(ours),
  },
  {
    what: 'A bare NaN or Infinity in a request, which is not JSON, is refused with 400.',
    why: 'MLflow answers 200 and stores the value 0 at time 0.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant.startsWith('a bare ') && theirs.status === 200 && refused(ours),
  },
  {
    what: 'Infinity and -Infinity are kept.',
    why: 'MLflow stores the largest finite double in their place.',
    matches: ({ theirs, ours }) =>
      typeof theirs === 'number' && Math.abs(theirs) === Number.MAX_VALUE && `${ours}`.endsWith('Infinity'),
  },
  {
    what: 'Half of a pair of surrogates, which is no text, is kept as the character that stands for it.',
    why: 'MLflow keeps an empty text in place of the whole one.',
    matches: ({ theirs, ours }) => theirs === '' && `${ours}`.includes('\ufffd'),
  },
  {
    what: 'NaN as a metric of a logged model stays NaN.',
    why: 'MLflow answers 0.',
    matches: ({ theirs, ours }, { step }) => /logged-models/.test(step.path) && theirs === 0 && ours === 'NaN',
  },
  {
    what: '`metrics/get-history-bulk` writes NaN as text, as every other endpoint does.',
    why: 'MLflow writes a bare NaN, which no JSON parser takes.',
    matches: ({ kind }) => kind === 'content type application/json (invalid), ours application/json',
  },
  {
    what: '`/health` answers 404 to a method it does not have.',
    why: 'MLflow answers 405. Clients treat both the same: they fall back.',
    matches: ({ kind }, { step }) => kind === '405 (no JSON), ours 404 (no JSON)' && step.path === '/health',
  },
  {
    what: '`/version` is plain text.',
    why: 'MLflow says it was HTML.',
    matches: ({ kind }, { step }) => step.path === '/version' && kind.startsWith('content type'),
  },
  {
    what: '`/version` names the release of MLflow whose interface this server has.',
    why: 'Clients choose by it what they may ask for.',
    matches: ({ kind }, { step }) => step.path === '/version' && kind === 'body: value',
  },
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
    what: 'Filters may say `==` for `=`, write signs before numbers, and be blank.',
    why: 'MLflow answers 400 to some of these, not to all. They have one meaning only.',
    matches: (_difference, { step, theirs, ours }) =>
      /^filter(: | is a blank)/.test(step.variant) &&
      /==|[<>=] *\+\d|^\s+$/.test(filterOf(step)) &&
      /Invalid comparator|Could not be parsed|single SQL expression|Invalid clause|Expected/.test(theirs.text) &&
      theirs.status === 400 &&
      ours.status === 200,
  },
  {
    what: 'Filters of logged models take names in double quotes for names.',
    why: 'MLflow looks for a key with the quotes in it and finds nothing, though its documentation writes them.',
    matches: (_difference, { step, ours }) =>
      step.endpoint === 'POST logged-models/search' && filterOf(step).includes('"') && ours.status === 200,
  },
  {
    what: 'A number in the list of experiments is the experiment with that number.',
    why: 'MLflow drops the whole list and searches nothing, or everything.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST runs/search' &&
      /^experiment_ids\.\[\] is a (negative )?number$/.test(step.variant) &&
      theirs.status === 200 &&
      ours.status === 200,
  },
  {
    what: 'Nothing in place of an experiment, in a list of them, is refused with 400.',
    why: 'MLflow drops the whole list and searches nothing, or everything.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant === 'experiment_ids.[] is null' && theirs.status === 200 && refused(ours),
  },
  {
    what: 'A page of no entries, or of a fraction of one, is refused with 400.',
    why: 'MLflow answers an empty page with a token for the same page again, or ignores what it cannot read.',
    matches: (_difference, { step, theirs, ours }) =>
      (/max_results/.test(step.variant) || maxResultsOf(step) === '0') && theirs.status === 200 && refused(ours),
  },
  {
    what: 'What a run read or made must be named: a data set with its name and digest, a model with its id.',
    why: 'MLflow stores links to nothing.',
    matches: (_difference, { step, theirs, ours }) =>
      /^POST runs\/(log-inputs|outputs)$/.test(step.endpoint) &&
      /\b(name|digest|model_id|dataset|source_type|source|key)\b|\[\]|datasets|models/.test(step.variant) &&
      theirs.status === 200 &&
      refused(ours),
  },
  {
    what: 'Names of logged models have at most 500 characters, ids of runs and keys at most 255.',
    why: 'MLflow’s SQLite takes any length; its other databases refuse with SQL text.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint.includes(' logged-models') &&
      step.variant.endsWith('characters') &&
      theirs.status === 200 &&
      refused(ours),
  },
  {
    what: 'A logged model is the one in the address, whatever the body says.',
    why: 'MLflow refuses a body without `model_id` or with one of another type, and ignores any other.',
    matches: (_difference, { step, theirs, ours }) =>
      /^(PATCH|POST) logged-models\/\{id\}/.test(step.endpoint) &&
      /^(model_id |empty object|no body)/.test(step.variant) &&
      theirs.status === 400 &&
      [200, 400].includes(ours.status),
  },
  {
    what: 'Filters of logged models compare with numbers only.',
    why: 'MLflow takes NaN and Infinity there, which it refuses in filters of runs, and finds nothing.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST logged-models/search' &&
      /[<>=] *(nan|inf(inity)?)\b/i.test(filterOf(step)) &&
      theirs.status === 200 &&
      refused(ours),
  },
  {
    what: 'A body must be a JSON object, also where all its fields may be left out.',
    why: 'MLflow takes null for an empty one and answers 200, so that the change asked for is lost.',
    matches: (_difference, { step, theirs, ours }) =>
      /^(body is |JSON cut off)/.test(step.variant) && theirs.status === 200 && refused(ours),
  },
  {
    what: 'The newest versions per stage are answered in the order of their numbers.',
    why: 'MLflow answers them in the order in which its database happens to find them.',
    matches: ({ kind }) => /(latest_versions|model_versions): order$/.test(kind),
  },
  {
    what: 'A list that is null is one that is left out.',
    why: 'MLflow fails with 500.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant.endsWith(' is null') && theirs.status === 500 && ours.status === 200,
  },
  {
    what: 'An upload answers nothing, and says so.',
    why: 'MLflow answers an empty text that it calls JSON.',
    matches: ({ kind }, { step }) => step.endpoint === 'POST upload-artifact' && kind.startsWith('content type'),
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
    what: 'A filter by a key without a name is refused with INVALID_PARAMETER_VALUE.',
    why: 'MLflow takes some for a key that nothing has, and fails at others.',
    matches: (_difference, { step, ours }) => /^filter: params\.? =/.test(step.variant) && refused(ours),
  },
  {
    what: 'Times are not negative.',
    why: 'MLflow takes them, though its own clients cannot make them.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant.endsWith('_time is a negative number') && theirs.status === 200 && refused(ours),
  },
  {
    what: 'Names of registered models have at most 256 characters.',
    why: 'That is what MLflow’s other databases take; its SQLite does not look.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint.includes(' registered-models/') &&
      / of \d{3,}$|characters$/.test(step.variant) &&
      theirs.status === 200 &&
      ours.status >= 400,
  },
  {
    what: 'Data sets in a search for logged models match whatever their digest, where none is named.',
    why: 'MLflow then finds nothing.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST logged-models/search' &&
      hasDatasetsOfAnyDigest(step) &&
      theirs.status === 200 &&
      ours.status === 200,
  },
  {
    what: 'An experiment may be named by a number as well as by its digits.',
    why: 'Older clients send numbers. MLflow now answers 400.',
    matches: (_difference, { step, theirs, ours }) =>
      /^experiment_id(s\.\[\])? is a (negative )?number$/.test(step.variant) &&
      theirs.status === 400 &&
      ours.status !== 500,
  },
  {
    what: 'Whole numbers are whole; but for steps and times of metrics they are no larger than 2^53.',
    why: 'MLflow drops fractions; larger ones would not be kept exactly here.',
    matches: (_difference, { step, theirs, ours }) =>
      / is a (fraction|huge number)$/.test(step.variant) && theirs.status === 200 && refused(ours),
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
    what: 'What was refused is not there.',
    why: 'MLflow made an experiment or a registered model of a request whose fields it had dropped, and then refuses the right one.',
    matches: (_difference, { step, theirs, ours }) =>
      /^POST (experiments|registered-models)\/create$/.test(step.endpoint) &&
      (theirs.json as { error_code?: string } | undefined)?.error_code === 'RESOURCE_ALREADY_EXISTS' &&
      (ours.status === 200 || (step.wrongType === true && refused(ours))),
  },
  {
    what: 'A version whose description was taken away says so with an empty text.',
    why: 'MLflow leaves the field out.',
    matches: ({ kind, ours }) => kind.endsWith('description only in ours') && ours === '',
  },
  {
    what: 'Keys of tags have at most 250 characters, also of those a run or a model begins with.',
    why: 'MLflow does not look there; its other databases than SQLite then refuse with SQL text.',
    matches: (_difference, { step, theirs, ours }) =>
      /^POST (runs\/create|logged-models)$/.test(step.endpoint) &&
      /^tags\.\[\]\.key is \d+ characters$/.test(step.variant) &&
      theirs.status === 200 &&
      refused(ours),
  },
  {
    what: 'A tag without a key is refused with 400.',
    why: 'MLflow stores it under the empty key, where nothing can read or delete it.',
    matches: (_difference, { step, theirs, ours }) =>
      /^(tags|params)\.\[\](\.key)? /.test(step.variant) && theirs.status === 200 && refused(ours),
  },
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
    what: 'What a run made already may be logged once more.',
    why: 'MLflow answers 400 with the error of its database.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST runs/outputs' && ours.status === 200 && /UNIQUE constraint failed/.test(theirs.text),
  },
  {
    what: 'Tags that come with a new run are cut at 8,000 characters, as those that are set later.',
    why: 'MLflow keeps as much of them as its database takes.',
    matches: ({ kind }, { step }) =>
      kind === 'run.data.tags[].value: value' && /value is \d{4,} characters/.test(step.variant),
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

/** What the messages of MLflow name that is not here: its settings, its kinds of storage. */
const settings =
  /environment variable|MLFLOW_|artifact storage|scheme|local path|absolute path|must identify|fragments|non-public|hostname/i;

const hasDatasetsOfAnyDigest = ({ body }: Exchange['step']): boolean => {
  const datasets = (body as { datasets?: unknown } | undefined)?.datasets;
  return (
    Array.isArray(datasets) && datasets.some((one) => !(one as { dataset_digest?: unknown } | null)?.dataset_digest)
  );
};
const filterOf = ({ body, query }: Exchange['step']): string => {
  const inBody = (body as { filter?: unknown } | undefined)?.filter;
  const inQuery = query?.find(([name]) => name === 'filter')?.[1];
  return String(inBody ?? inQuery ?? '');
};
const maxResultsOf = ({ body, query }: Exchange['step']): string => {
  const inBody = (body as { max_results?: unknown } | undefined)?.max_results;
  return String(inBody ?? query?.find(([name]) => name === 'max_results')?.[1] ?? '');
};
const filesOf = ({ json }: Exchange['ours']): string[] =>
  ((json as { files?: { path: string }[] } | undefined)?.files ?? []).map(({ path }) => path);

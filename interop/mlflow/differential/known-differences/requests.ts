import { refused, type KnownDifference } from './known-difference.ts';

/** What is taken, kept and answered otherwise, request by request. */
export const requests: readonly KnownDifference[] = [
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
    what: 'A body must be a JSON object, also where all its fields may be left out.',
    why: 'MLflow takes null for an empty one and answers 200, so that the change asked for is lost.',
    matches: (_difference, { step, theirs, ours }) =>
      /^(body is |JSON cut off)/.test(step.variant) && theirs.status === 200 && refused(ours),
  },
  {
    what: 'A list that is null is one that is left out.',
    why: 'MLflow fails with 500.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant.endsWith(' is null') && theirs.status === 500 && ours.status === 200,
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
    what: 'An unknown word in place of a status, a stage or a view is refused with 400.',
    why: 'MLflow ignores it and answers 200, so that the change asked for is lost.',
    matches: (_difference, { step, theirs, ours }) =>
      /(status|view_type) is |a view that is none/.test(step.variant) &&
      /(runs\/update|\/search|logged-models\/\{id\}|webhooks(\/\{id\})?)$/.test(step.endpoint) &&
      theirs.status === 200 &&
      refused(ours),
  },
  {
    what: 'The newest versions per stage are answered in the order of their numbers.',
    why: 'MLflow answers them in the order in which its database happens to find them.',
    matches: ({ kind }) => /(latest_versions|model_versions): order$/.test(kind),
  },
];

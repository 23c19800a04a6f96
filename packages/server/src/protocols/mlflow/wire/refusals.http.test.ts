import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

// The texts are those of MLflow 3.18, which its own tests and those of its clients look for.
describe('refusals to clients of MLflow', () => {
  let api: MlflowApi;
  let run: string;
  beforeAll(async () => {
    api = await anMlflowApi({ database: 'sqlite' });
    const made = await api.send('POST', '/runs/create', { experiment_id: '0' });
    run = made.body['run'].info.run_id;
    await api.send('POST', '/experiments/create', { name: 'taken' });
    await api.send('POST', '/runs/log-parameter', { run_id: run, key: 'lr', value: '0.1' });
  });
  afterAll(() => api.close());

  const seeDocs = 'See the API docs for more information about request parameters.';

  it.each<[string, string, object | string, string]>([
    [
      'a number',
      '/experiments/create',
      { name: 123 },
      `Invalid value 123 for parameter 'name' supplied:  Hint: Value was of type 'int'. ${seeDocs}`,
    ],
    [
      'a number as it was spelled',
      '/experiments/create',
      '{"name": "n", "artifact_location": 9.0}',
      `Invalid value 9.0 for parameter 'artifact_location' supplied:  Hint: Value was of type 'float'. ${seeDocs}`,
    ],
    [
      'a text for a list',
      '/experiments/create',
      { name: 'n', tags: '5' },
      `Invalid value "5" for parameter 'tags' supplied:  Hint: Value was of type 'str'. ${seeDocs}`,
    ],
    [
      'what is not ASCII',
      '/runs/search',
      { max_results: 'ü' },
      `Invalid value "\\u00fc" for parameter 'max_results' supplied:  Hint: Value was of type 'str'. ${seeDocs}`,
    ],
    ['nothing', '/experiments/create', {}, `Missing value for required parameter 'name'. ${seeDocs}`],
    ['a blank name', '/experiments/create', { name: ' ' }, "Invalid experiment name: ' '"],
    ['a name that is taken', '/experiments/create', { name: 'taken' }, 'Experiment(name=taken) already exists.'],
    [
      'no number of an experiment',
      '/runs/search',
      { experiment_ids: ['x'] },
      "Invalid experiment ID 'x'. Experiment ID must be a valid integer.",
    ],
    [
      'a run that is not there',
      '/runs/delete',
      { run_id: 'ab'.repeat(16) },
      `Run with id=${'ab'.repeat(16)} not found`,
    ],
    [
      'an entry of a batch',
      '/runs/log-batch',
      { run_id: 'R', metrics: [{ key: 'm', value: 1 }] },
      `Missing value for required parameter 'metrics[0].timestamp'. ${seeDocs}`,
    ],
    [
      'a key with a quote',
      '/runs/log-batch',
      { run_id: 'R', tags: [{ key: 'a"', value: '' }] },
      'Invalid value "a\\"" for parameter \'tags[0].key\' supplied: Names may only contain alphanumerics',
    ],
    [
      'another value of a parameter',
      '/runs/log-parameter',
      { run_id: 'R', key: 'lr', value: '2' },
      "Changing param values is not allowed. Param with key='lr' was already logged with value='0.1' for run ID='R'. Attempted logging new value '2'.",
    ],
    [
      'other values of parameters',
      '/runs/log-batch',
      { run_id: 'R', params: [{ key: 'lr', value: "it's" }] },
      "Changing param values is not allowed. Params were already logged='[{'key': 'lr', 'old_value': '0.1', 'new_value': \"it's\"}]' for run ID='R'.",
    ],
    [
      'a time before all times',
      '/runs/log-metric',
      { run_id: 'R', key: 'm', value: 1, timestamp: -1 },
      "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1.0). Timestamp must be a nonnegative long (64-bit integer) ",
    ],
    ['a tag nobody set', '/runs/delete-tag', { run_id: 'R', key: 'k' }, 'No tag with name: k in run with id R'],
    [
      'a page nobody gave out',
      '/runs/search',
      { experiment_ids: ['0'], page_token: 'x' },
      'Invalid page token, could not base64-decode',
    ],
    [
      'more than a page',
      '/runs/search',
      { max_results: 50_001 },
      `Invalid value 50001 for parameter 'max_results' supplied:  Hint: Value was of type 'int'. ${seeDocs}`,
    ],
  ])('name %s in the words of MLflow', async (_what, path, body, message) => {
    const text = (typeof body === 'string' ? body : JSON.stringify(body)).replaceAll('"R"', JSON.stringify(run));
    const answer = await api.send('POST', path, JSON.parse(text) as object);
    const sent = typeof body === 'string' ? await api.send('POST', path, body) : answer;
    expect(sent.body['message']).toContain(message.replaceAll(/\bR\b(?=[.'’]|$)/g, run));
    expect(sent.body).toMatchObject({ sqlstate: 'KAM00', error_class: expect.any(String) });
  });

  it('say which methods a path has, and that others are none', async () => {
    expect(await api.send('PATCH', '/runs/create', {})).toMatchObject({ status: 405 });
    expect(await api.send('PUT', '/logged-models/m-1/tags/team', {})).toMatchObject({ status: 405 });
    expect(await api.send('POST', '/runs/create/', {})).toMatchObject({ status: 404 });
  });

  it('take an empty body for an empty object', async () => {
    expect(await api.send('POST', '/runs/search', '')).toMatchObject({ status: 200 });
  });

  it('are for whatever does not say that it is JSON', async () => {
    const { status, body } = await api.send('POST', '/runs/search');
    expect([status, body['message']]).toEqual([400, 'Bad Request. Content-Type header is missing.']);
  });

  it('are JSON without a charset, as every answer is', async () => {
    for (const [path, expected] of [
      ['/runs/search', 200],
      ['/experiments/create', 400],
    ] as const) {
      const { status, headers } = await api.send('POST', path, {});
      expect([status, headers['content-type']]).toEqual([expected, 'application/json']);
    }
  });
});

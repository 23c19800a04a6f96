import { get, post, remove } from '../requests.ts';
import type { Session } from '../session.ts';
import { anExperiment } from './experiments.ts';
import { aRun } from './runs.ts';

const proxy = '/api/2.0/mlflow-artifacts/artifacts';
const trickyPaths = [
  '../x',
  '%2e%2e/x',
  'a/../../x',
  '/etc/passwd',
  'a//b',
  'a%2Fb.txt',
  'a b/ü.txt',
  '%252e%252e/x',
  'a%00b',
  'x%23y',
  '..%2f..%2fetc%2fpasswd',
  'C:%5Cx',
  '.',
  'a/./b',
  '~/x',
  'a%5C..%5Cb',
  'file:%2F%2F%2Fetc',
  'file:///etc/passwd',
  '%2fetc%2fpasswd',
  '//etc/passwd',
];
const contents = ['', 'hello', '{"a": 1}\n', '<script>alert(1)</script>', 'ü'.repeat(500)];
const names = [
  'a.txt',
  'dir/b.json',
  'dir/sub/c.html',
  'plot.svg',
  'model/MLmodel',
  'x.bin',
  'no-extension',
  'data.csv',
];

/** Files of runs: through the proxy, by the lists, and with paths that try to leave. */
export const artifacts = async (session: Session): Promise<void> => {
  const { random } = session;
  const experiment = await anExperiment(session);
  const run = await aRun(session, experiment);
  const folder = `${experiment}/${run}/artifacts`;
  const scrapRun = await aRun(session, experiment);
  const scrapFolder = `${experiment}/${scrapRun}/artifacts`;
  const proxiedIn = (
    where: string,
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    variant = 'valid',
    rawBody?: string,
  ) =>
    ({
      ...get(''),
      method,
      path: `${proxy}/${where}/${path}`,
      endpoint: `${method} mlflow-artifacts/artifacts/{path}`,
      variant,
      ...(rawBody === undefined ? {} : { rawBody, headers: { 'content-type': 'application/octet-stream' } }),
    }) as const;
  const proxied = proxiedIn.bind(undefined, folder);
  const proxiedScrap = proxiedIn.bind(undefined, scrapFolder);
  const list = (path: string | undefined, variant = 'valid') =>
    get('artifacts/list', { run_id: run, path }, { variant });
  const listProxied = (path: string | undefined, variant = 'valid') =>
    get('', { path }, { path: proxy, endpoint: 'GET mlflow-artifacts/artifacts', variant });

  await session.send(list(undefined, 'nothing there'));
  const put = random.some(names, 5);
  for (const name of put)
    await session.send(proxied('PUT', name, `a ${name.split('.')[1] ?? 'plain'} file`, random.pick(contents)));
  await session.send(proxied('PUT', put[0] ?? '', 'overwritten', 'second'));
  for (const name of put) {
    await session.send(proxied('GET', name, `a ${name.split('.')[1] ?? 'plain'} file`));
    await session.send(
      get(
        '',
        { run_id: run, path: name },
        { path: '/get-artifact', endpoint: 'GET /get-artifact', variant: `a ${name.split('.')[1] ?? 'plain'} file` },
      ),
    );
  }
  for (const path of [undefined, 'dir', 'dir/', 'dir/sub', 'a.txt', 'none', '..', '../..', '/etc', 'dir/../..', ''])
    if (random.chance(0.7)) {
      await session.send(list(path, `path ${path}`));
      await session.send(listProxied(path === undefined ? folder : `${folder}/${path}`, `path ${path}`));
    }
  await session.malform(list('dir'), 2);
  await session.send(proxied('GET', 'none', 'no such file'));
  await session.send(
    get(
      '',
      { run_id: run, path: 'none' },
      { path: '/get-artifact', endpoint: 'GET /get-artifact', variant: 'no such file' },
    ),
  );
  await session.send(proxied('GET', 'dir', 'a folder'));
  await session.send(
    get(
      '',
      { run_uuid: run, path: put[0] ?? '' },
      { path: '/get-artifact', endpoint: 'GET /get-artifact', variant: 'by run_uuid' },
    ),
  );
  for (const path of random.some(trickyPaths, 5)) {
    await session.probe(proxiedScrap('PUT', path, `path ${path}`, 'x'));
    await session.probe(proxiedScrap('GET', path, `path ${path}`));
    await session.probe(
      get(
        '',
        { run_id: scrapRun, path: decodeURIComponent(path) },
        { path: '/get-artifact', endpoint: 'GET /get-artifact', variant: `path ${path}` },
      ),
    );
    await session.probe(
      get('artifacts/list', { run_id: scrapRun, path: decodeURIComponent(path) }, { variant: `path ${path}` }),
    );
  }
  await session.send({ ...proxied('GET', put[0] ?? ''), headers: { range: 'bytes=1-3' }, variant: 'a range' });
  await session.send(proxied('DELETE', put[0] ?? ''));
  await session.send(proxied('DELETE', put[0] ?? '', 'deleted already'));
  await session.send(proxied('DELETE', 'dir', 'a folder'));
  await session.send(list(undefined));
  const multipart = (step: string, body: object) =>
    post('', body, {
      path: `/api/2.0/mlflow-artifacts/mpu/${step}/${folder}/big.bin`,
      endpoint: `POST mlflow-artifacts/mpu/${step}`,
    });
  for (const [step, body] of [
    ['create', { path: 'big.bin', num_parts: 2 }],
    ['create', { path: '../big.bin' }],
    ['create', { num_parts: 2 }],
    ['create', { path: 'big.bin', num_parts: 0 }],
    ['complete', { path: 'big.bin', upload_id: 'x', parts: [{ part_number: 1, etag: 'x' }] }],
    ['abort', { path: 'big.bin', upload_id: 'x' }],
  ] as const)
    await session.probe(multipart(step, body));
  for (const route of ['artifacts/presigned-upload-url', 'artifacts/presigned-download-url'])
    for (const body of [
      { run_id: run, path: put[1] ?? '' },
      { run_id: run, path: '../x' },
      { run_id: run },
      { path: 'a.txt' },
      { run_id: run, path: put[1] ?? '', expiration: 0 },
    ])
      await session.probe(post(route, body));
  await session.probe({
    ...proxied('GET', put[1] ?? ''),
    path: `/api/2.0/mlflow-artifacts/presigned/${folder}/${put[1] ?? ''}`,
    endpoint: 'GET mlflow-artifacts/presigned/{path}',
  });
  const upload = {
    ...get(''),
    method: 'POST',
    path: '/ajax-api/2.0/mlflow/upload-artifact',
    endpoint: 'POST upload-artifact',
    rawBody: 'uploaded',
    headers: { 'content-type': 'application/octet-stream' },
  } as const;
  await session.send({
    ...upload,
    query: [
      ['run_uuid', run],
      ['path', 'up/loaded.txt'],
    ],
  });
  await session.probe({
    ...upload,
    query: [
      ['run_uuid', run],
      ['path', '../x'],
    ],
    variant: 'path ../x',
  });
  await session.probe({ ...upload, query: [['path', 'x']], variant: 'without run_uuid' });
  await session.send(list('up'));
  await session.send(remove('artifacts/list', {}, { variant: 'wrong method' }));
};

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { withProgress } from '../bootstrap/progress.mjs';
import { freePort } from './ports.mjs';

const accessKey = 'millwright-test';
const secretKey = 'millwright-test-secret';
const bucket = 'millwright-test';
const install = 'prepare the Python environment (see above): the S3 test server runs in it';
const STARTS_WITHIN_MS = 30_000;

/**
 * Starts moto's S3 server (the Python environment holds it) on a free loopback port, with one empty bucket:
 * {ok, endpoint, bucket, accessKey, secretKey, stop} or {ok: false, reason, install}.
 */
export async function ensure(python) {
  if (!python.ok) return { ok: false, reason: 'the Python environment is missing', install };
  return withProgress('starting the S3 test server', () => start(python.python));
}

async function start(python) {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;

  const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-2000);
  });
  const stop = () => {
    process.off('exit', stop);
    child.kill('SIGKILL');
  };
  process.once('exit', stop);
  const deadlineMs = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < deadlineMs && child.exitCode === null) {
    if (await createBucket(endpoint)) return { ok: true, endpoint, bucket, accessKey, secretKey, stop };
    await sleep(100);
  }
  stop();
  return { ok: false, reason: `the S3 test server did not answer: ${errors.trim()}`, install };
}

// The test server reads the access key's account from the header but verifies no signature.
async function createBucket(endpoint) {
  try {
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`;
    const reply = await fetch(`${endpoint}/${bucket}`, { method: 'PUT', headers: { authorization } });
    return reply.ok;
  } catch {
    return false;
  }
}

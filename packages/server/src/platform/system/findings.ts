import { statfs } from 'node:fs/promises';
import type { Finding } from '@millwright/contract';
import type { Platform } from '#platform/core';
import { messageOf } from '#platform/errors';
import { isLoopbackAddress } from '#platform/http';
import { countJobs } from '#platform/jobs';

const lowDiskBytes = 2_000_000_000;

const attempt = async (check: string, advice: string, run: () => Promise<Finding>): Promise<Finding> => {
  try {
    return await run();
  } catch (error) {
    return { check, state: 'failed', message: messageOf(error), advice };
  }
};

/** What a person would look at first when something is wrong. */
export const examine = async (platform: Platform): Promise<Finding[]> => {
  const { config, database } = platform;
  return Promise.all([
    attempt('disk', 'Check that the data folder can be read.', async () => {
      const { bavail, bsize } = await statfs(config.dataDir);
      const free = bavail * bsize;
      return free < lowDiskBytes
        ? {
            check: 'disk',
            state: 'warning',
            message: `${(free / 1e9).toFixed(1)} GB free under ${config.dataDir}`,
            advice: 'Free space: uploads and captured predictions are refused when the disk is full.',
          }
        : {
            check: 'disk',
            state: 'ok',
            message: `${(free / 1e9).toFixed(0)} GB free under ${config.dataDir}`,
            advice: null,
          };
    }),
    attempt('database', 'Check that the database runs and that the address is right (--database-url).', async () => {
      return {
        check: 'database',
        state: 'ok',
        message: `${database.kind} answers in ${(await database.ping()).toFixed(1)} ms`,
        advice: null,
      };
    }),
    attempt('storage', 'Check the address, bucket and keys of the object storage (--s3-...).', async () => {
      await platform.blobs.list({ limit: 1 });
      return { check: 'storage', state: 'ok', message: `${config.blobStore} answers`, advice: null };
    }),
    attempt('jobs', 'Look at the dead jobs under System.', async () => {
      const dead = (await countJobs(database.db)).find((row) => row.state === 'dead')?.count ?? 0;
      return dead > 0
        ? {
            check: 'jobs',
            state: 'warning',
            message: `${dead} jobs gave up`,
            advice: 'Read their errors under System, mend the cause, and run them again.',
          }
        : { check: 'jobs', state: 'ok', message: 'no dead jobs', advice: null };
    }),
    attempt('access', 'Create an admin: millwright users create-admin.', async () => {
      const admin = await platform.auth.hasAdmin();
      if (isLoopbackAddress(config.host))
        return { check: 'access', state: 'ok', message: `listens on ${config.host}: only this machine`, advice: null };
      return admin
        ? { check: 'access', state: 'ok', message: `listens on ${config.host}; accounts are needed`, advice: null }
        : {
            check: 'access',
            state: 'failed',
            message: `listens on ${config.host} without an admin`,
            advice: 'Create one: millwright users create-admin.',
          };
    }),
  ]);
};

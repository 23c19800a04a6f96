import pg from 'pg';
import { postgresUrl, s3Settings } from '../../../scripts/testing/needs.ts';
import { type OurServer, startOurs } from '../our-server.ts';

/** Ours on a database of its own in the prepared PostgreSQL, and a folder of its own in the prepared bucket. */
export const startOnPostgresAndS3 = async (): Promise<OurServer> => {
  const name = `interop_mlflow_${process.pid}`;
  const administer = async (...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: postgresUrl() });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await administer(`drop database if exists ${name}`, `create database ${name}`);
  const { bucket, endpoint, accessKey, secretKey } = s3Settings();
  const url = new URL(postgresUrl());
  url.pathname = `/${name}`;
  const server = await startOurs({
    flags: Object.entries({
      '--blob-store': 's3',
      '--s3-bucket': bucket,
      '--s3-endpoint': endpoint,
      '--s3-access-key': accessKey,
      '--s3-secret-key': secretKey,
      '--s3-prefix': `${name}/`,
    }).flat(),
    env: { MILLWRIGHT_DATABASE_URL: url.href, MILLWRIGHT_INSTANCE_SECRET: 'test' },
  });
  return {
    ...server,
    async stop() {
      await server.stop();
      await administer(`drop database ${name} with (force)`);
    },
  };
};

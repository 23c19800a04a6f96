import pg from 'pg';
import { postgresUrl, s3Settings } from '../../scripts/testing/needs.ts';

export interface Backend {
  name: string;
  /** Flags that make a server use it, with a database and a key prefix of its own. */
  flags(): Promise<string[]>;
}

let made = 0;

export const embedded: Backend = { name: 'SQLite and files', flags: async () => [] };

export const scaledOut: Backend = {
  name: 'PostgreSQL and S3',
  async flags() {
    const name = `e2e_${process.pid}_${++made}`;
    const url = new URL(postgresUrl());
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    url.pathname = `/${name}`;
    const s3 = s3Settings();
    return [
      '--database-url',
      url.href,
      '--blob-store',
      's3',
      '--s3-bucket',
      s3.bucket,
      '--s3-endpoint',
      s3.endpoint,
      '--s3-access-key',
      s3.accessKey,
      '--s3-secret-key',
      s3.secretKey,
      '--s3-prefix',
      `${name}/`,
    ];
  },
};

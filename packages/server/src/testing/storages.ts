import { reasonMissing, s3Settings } from '../../../../scripts/testing/needs.ts';
import type { TestDatabase } from '#platform/testing';

export interface TestStorage {
  name: string;
  database: TestDatabase;
  /** Flags of the server. */
  config: Record<string, string>;
}

const embedded: TestStorage = { name: 'embedded storage', database: 'sqlite', config: {} };

/** `name value` pairs for a bucket folder of this test process's own. */
export const s3Config = (prefix: string): Record<string, string> => {
  const { bucket, endpoint, accessKey, secretKey } = s3Settings();
  return {
    '--blob-store': 's3',
    '--s3-bucket': bucket,
    '--s3-endpoint': endpoint,
    '--s3-access-key': accessKey,
    '--s3-secret-key': secretKey,
    '--s3-prefix': `${prefix}-${process.pid}/`,
  };
};

/** Embedded everywhere; PostgreSQL with S3 where the test run has started both. */
export const testStorages = (): readonly TestStorage[] =>
  (reasonMissing('postgres') ?? reasonMissing('s3'))
    ? [embedded]
    : [embedded, { name: 'PostgreSQL and S3', database: 'postgres', config: s3Config('http') }];

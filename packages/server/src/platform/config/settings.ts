/** Every setting: its flag, environment variable, default, how it is read, and what it is for. The reference page is made from this. */
export interface Setting {
  key: string;
  flag: string;
  env: string;
  default: string | number | boolean | null;
  kind: 'text' | 'integer' | 'boolean' | 'choice';
  choices?: readonly string[];
  minimum?: number;
  maximum?: number;
  secret?: boolean;
  help: string;
}

export const settings = [
  {
    key: 'dataDir',
    flag: '--data-dir',
    env: 'MILLWRIGHT_DATA_DIR',
    default: '.millwright',
    kind: 'text',
    help: 'Folder for the embedded database, files and journals',
  },
  {
    key: 'host',
    flag: '--host',
    env: 'MILLWRIGHT_HOST',
    default: '127.0.0.1',
    kind: 'text',
    help: 'Address to listen on; anything but loopback needs an account first',
  },
  {
    key: 'port',
    flag: '--port',
    env: 'MILLWRIGHT_PORT',
    default: 7117,
    kind: 'integer',
    minimum: 0,
    maximum: 65535,
    help: 'Port to listen on; 0 takes a free one',
  },
  {
    key: 'publicHosts',
    flag: '--public-hosts',
    env: 'MILLWRIGHT_PUBLIC_HOSTS',
    default: '',
    kind: 'text',
    help: 'Host names this server answers to beside its own address, separated by commas',
  },
  {
    key: 'databaseUrl',
    flag: '--database-url',
    env: 'MILLWRIGHT_DATABASE_URL',
    default: null,
    kind: 'text',
    secret: true,
    help: 'postgres://user:password@host:port/database; without it SQLite in the data folder',
  },
  {
    key: 'blobStore',
    flag: '--blob-store',
    env: 'MILLWRIGHT_BLOB_STORE',
    default: 'files',
    kind: 'choice',
    choices: ['files', 's3'],
    help: 'Where contents are kept',
  },
  { key: 's3Bucket', flag: '--s3-bucket', env: 'MILLWRIGHT_S3_BUCKET', default: null, kind: 'text', help: 'Bucket' },
  {
    key: 's3Prefix',
    flag: '--s3-prefix',
    env: 'MILLWRIGHT_S3_PREFIX',
    default: '',
    kind: 'text',
    help: 'Put before every key',
  },
  {
    key: 's3Endpoint',
    flag: '--s3-endpoint',
    env: 'MILLWRIGHT_S3_ENDPOINT',
    default: null,
    kind: 'text',
    help: 'Address of an S3-compatible server; without it AWS',
  },
  {
    key: 's3Region',
    flag: '--s3-region',
    env: 'MILLWRIGHT_S3_REGION',
    default: 'us-east-1',
    kind: 'text',
    help: 'Region',
  },
  {
    key: 's3AccessKey',
    flag: '--s3-access-key',
    env: 'MILLWRIGHT_S3_ACCESS_KEY',
    default: null,
    kind: 'text',
    secret: true,
    help: 'Access key; without it the default AWS credential chain',
  },
  {
    key: 's3SecretKey',
    flag: '--s3-secret-key',
    env: 'MILLWRIGHT_S3_SECRET_KEY',
    default: null,
    kind: 'text',
    secret: true,
    help: 'Secret key',
  },
  {
    key: 'instanceSecret',
    flag: '--instance-secret',
    env: 'MILLWRIGHT_INSTANCE_SECRET',
    default: null,
    kind: 'text',
    secret: true,
    help: 'Seals the head of the audit chain and encrypts stored secrets; without it a key file in the data folder. Several servers on one database need the same',
  },
  {
    key: 'worker',
    flag: '--worker',
    env: 'MILLWRIGHT_WORKER',
    default: true,
    kind: 'boolean',
    help: 'Run background jobs in this process',
  },
  {
    key: 'jobConcurrency',
    flag: '--job-concurrency',
    env: 'MILLWRIGHT_JOB_CONCURRENCY',
    default: 4,
    kind: 'integer',
    minimum: 1,
    maximum: 256,
    help: 'Jobs at the same time in this process',
  },
  {
    key: 'maxUploadBytes',
    flag: '--max-upload-bytes',
    env: 'MILLWRIGHT_MAX_UPLOAD_BYTES',
    default: 107_374_182_400,
    kind: 'integer',
    minimum: 1024,
    help: 'Largest uploaded file',
  },
  {
    key: 'maxBodyBytes',
    flag: '--max-body-bytes',
    env: 'MILLWRIGHT_MAX_BODY_BYTES',
    default: 8_388_608,
    kind: 'integer',
    minimum: 1024,
    maximum: 1_073_741_824,
    help: 'Largest JSON body',
  },
  {
    key: 'egressAllow',
    flag: '--egress-allow',
    env: 'MILLWRIGHT_EGRESS_ALLOW',
    default: '',
    kind: 'text',
    help: 'Hosts, addresses and CIDR ranges that notifications may be sent to though they are not public, separated by commas',
  },
  {
    key: 'allowInsecureWebhooks',
    flag: '--allow-insecure-webhooks',
    env: 'MILLWRIGHT_ALLOW_INSECURE_WEBHOOKS',
    default: false,
    kind: 'boolean',
    help: 'Send notifications to http: addresses and to mail servers without TLS, too',
  },
  {
    key: 'inferenceWorkers',
    flag: '--inference-workers',
    env: 'MILLWRIGHT_INFERENCE_WORKERS',
    default: 1,
    kind: 'integer',
    minimum: 1,
    maximum: 64,
    help: 'Threads that run models',
  },
  {
    key: 'captureFlushMs',
    flag: '--capture-flush-ms',
    env: 'MILLWRIGHT_CAPTURE_FLUSH_MS',
    default: 2000,
    kind: 'integer',
    minimum: 50,
    maximum: 3_600_000,
    help: 'How often captured predictions move from the journal to Parquet',
  },
  {
    key: 'captureMaxPendingBytes',
    flag: '--capture-max-pending-bytes',
    env: 'MILLWRIGHT_CAPTURE_MAX_PENDING_BYTES',
    default: 67_108_864,
    kind: 'integer',
    minimum: 65_536,
    help: 'Captured predictions waiting for the disk above which further ones are dropped and counted',
  },
  {
    key: 'tableMemoryBytes',
    flag: '--table-memory-bytes',
    env: 'MILLWRIGHT_TABLE_MEMORY_BYTES',
    default: 1_000_000_000,
    kind: 'integer',
    minimum: 100_000_000,
    help: 'Memory limit of the table engine',
  },
  {
    key: 'trashDays',
    flag: '--trash-days',
    env: 'MILLWRIGHT_TRASH_DAYS',
    default: 30,
    kind: 'integer',
    minimum: 0,
    maximum: 36_500,
    help: 'Days after which experiments, runs and logged models in the trash are deleted for good; 0: never',
  },
  {
    key: 'garbageGraceHours',
    flag: '--garbage-grace-hours',
    env: 'MILLWRIGHT_GARBAGE_GRACE_HOURS',
    default: 24,
    kind: 'integer',
    minimum: 0,
    maximum: 876_000,
    help: 'Hours that contents stay after nothing refers to them any more; looked for every night, 0: never by itself',
  },
  {
    key: 'logLevel',
    flag: '--log-level',
    env: 'MILLWRIGHT_LOG_LEVEL',
    default: 'info',
    kind: 'choice',
    choices: ['debug', 'info', 'warn', 'error'],
    help: 'What is logged',
  },
  {
    key: 'failurePoint',
    flag: '--failure-point',
    env: 'MILLWRIGHT_FAILURE_POINT',
    default: null,
    kind: 'text',
    help: 'For tests: kill the process at this named point',
  },
] as const satisfies readonly Setting[];

type ValueOf<S> = S extends { kind: 'integer' }
  ? number
  : S extends { kind: 'boolean' }
    ? boolean
    : S extends { kind: 'choice'; choices: readonly (infer C)[] }
      ? C
      : S extends { default: null }
        ? string | null
        : string;
export type Config = { [S in (typeof settings)[number] as S['key']]: ValueOf<S> };

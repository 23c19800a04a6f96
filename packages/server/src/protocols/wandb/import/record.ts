import protobuf from 'protobufjs/light.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const items = { fields: { update: repeated('Item', 1), remove: repeated('Item', 2) } };

/** What is read of W&B's wandb_internal.proto. */
const root = protobuf.Root.fromJSON({
  nested: {
    Record: {
      fields: {
        history: { type: 'History', id: 2 },
        summary: { type: 'Items', id: 3 },
        output: { type: 'Output', id: 4 },
        config: { type: 'Items', id: 5 },
        stats: { type: 'Stats', id: 7 },
        artifact: { type: 'Artifact', id: 8 },
        outputRaw: { type: 'Output', id: 13 },
        run: { type: 'RunRecord', id: 17 },
        exit: { type: 'Exit', id: 18 },
        environment: { type: 'Environment', id: 26 },
      },
    },
    Items: items,
    Item: {
      oneofs: { kind: { oneof: ['none', 'boolean', 'integer', 'number', 'text', 'json'] } },
      fields: {
        key: { type: 'string', id: 1 },
        nestedKey: repeated('string', 2),
        none: { type: 'int32', id: 3 },
        boolean: { type: 'bool', id: 4 },
        integer: { type: 'sint64', id: 5 },
        number: { type: 'double', id: 6 },
        text: { type: 'string', id: 7 },
        json: { type: 'string', id: 8 },
        valueJson: { type: 'string', id: 16 },
      },
    },
    History: { fields: { item: repeated('Item', 1), step: { type: 'Step', id: 2 } } },
    Step: { fields: { num: { type: 'int64', id: 1 } } },
    Output: { fields: { timestamp: { type: 'Timestamp', id: 2 }, line: { type: 'string', id: 3 } } },
    Stats: { fields: { timestamp: { type: 'Timestamp', id: 2 }, item: repeated('Item', 3) } },
    Artifact: { fields: { type: { type: 'string', id: 4 }, name: { type: 'string', id: 5 } } },
    RunRecord: {
      fields: {
        runId: { type: 'string', id: 1 },
        entity: { type: 'string', id: 2 },
        project: { type: 'string', id: 3 },
        config: { type: 'Items', id: 4 },
        summary: { type: 'Items', id: 5 },
        group: { type: 'string', id: 6 },
        jobType: { type: 'string', id: 7 },
        displayName: { type: 'string', id: 8 },
        notes: { type: 'string', id: 9 },
        tags: repeated('string', 10),
        sweepId: { type: 'string', id: 12 },
        host: { type: 'string', id: 13 },
        startTime: { type: 'Timestamp', id: 17 },
        git: { type: 'Git', id: 21 },
      },
    },
    Git: { fields: { remoteUrl: { type: 'string', id: 1 }, commit: { type: 'string', id: 2 } } },
    Exit: { fields: { exitCode: { type: 'int32', id: 1 } } },
    Environment: {
      fields: {
        program: { type: 'string', id: 6 },
        git: { type: 'Git', id: 9 },
        host: { type: 'string', id: 12 },
        username: { type: 'string', id: 13 },
      },
    },
    Timestamp: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
  },
});

export interface Item {
  key: string;
  nestedKey: string[];
  kind?: 'none' | 'boolean' | 'integer' | 'number' | 'text' | 'json';
  boolean: boolean;
  /** A number, or an object of one that prints as it. */
  integer: unknown;
  number: number;
  text: string;
  json: string;
  valueJson: string;
}

interface Items {
  update: Item[];
  remove: Item[];
}

export interface Timestamp {
  seconds: unknown;
  nanos: number;
}

interface Git {
  remoteUrl: string;
  commit: string;
}

export interface LogRecord {
  history?: { item: Item[]; step?: { num: unknown } };
  summary?: Items;
  output?: { line: string };
  outputRaw?: { line: string };
  config?: Items;
  stats?: { timestamp?: Timestamp; item: Item[] };
  artifact?: { type: string; name: string };
  run?: {
    runId: string;
    entity: string;
    project: string;
    config?: Items;
    group: string;
    jobType: string;
    displayName: string;
    notes: string;
    tags: string[];
    sweepId: string;
    host: string;
    startTime?: Timestamp;
    git?: Git;
  };
  exit?: { exitCode: number };
  environment?: { program: string; git?: Git; host: string; username: string };
}

const type = root.lookupType('Record');

/** null: the bytes are no record. */
export const decodeRecord = (bytes: Uint8Array): LogRecord | null => {
  try {
    return type.decode(bytes) as unknown as LogRecord;
  } catch {
    return null;
  }
};

export const millisecondsOf = ({ seconds, nanos }: Timestamp): number =>
  Number(seconds) * 1000 + Math.round(nanos / 1e6);

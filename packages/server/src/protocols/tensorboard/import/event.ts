import protobuf from 'protobufjs/light.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
/** From texts; the declared type of a field has no place for that of its keys. */
const mapOf = (type: string, id: number): { type: string; id: number } =>
  Object.assign({ type, id }, { keyType: 'string' });

/** What is read of TensorFlow's event.proto, summary.proto and tensor.proto, and of the hparams plugin. */
const root = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        summary: { type: 'Summary', id: 5 },
      },
    },
    Summary: { fields: { value: repeated('SummaryValue', 1) } },
    SummaryValue: {
      oneofs: { content: { oneof: ['simpleValue', 'image', 'histogram', 'audio', 'tensor'] } },
      fields: {
        tag: { type: 'string', id: 1 },
        simpleValue: { type: 'float', id: 2 },
        image: { type: 'Image', id: 4 },
        histogram: { type: 'bytes', id: 5 },
        audio: { type: 'Audio', id: 6 },
        tensor: { type: 'Tensor', id: 8 },
        metadata: { type: 'Metadata', id: 9 },
      },
    },
    Image: { fields: { encoded: { type: 'bytes', id: 4 } } },
    Audio: { fields: { encoded: { type: 'bytes', id: 4 } } },
    Metadata: { fields: { pluginData: { type: 'PluginData', id: 1 } } },
    PluginData: { fields: { pluginName: { type: 'string', id: 1 }, content: { type: 'bytes', id: 2 } } },
    Tensor: {
      fields: {
        dataType: { type: 'int32', id: 1 },
        content: { type: 'bytes', id: 4 },
        floats: repeated('float', 5),
        doubles: repeated('double', 6),
        ints: repeated('int32', 7),
        strings: repeated('bytes', 8),
        longs: repeated('int64', 10),
        booleans: repeated('bool', 11),
        halves: repeated('int32', 13),
      },
    },
    HParams: {
      fields: { start: { type: 'SessionStart', id: 3 }, end: { type: 'SessionEnd', id: 4 } },
    },
    SessionStart: {
      fields: {
        hparams: mapOf('Value', 1),
        groupName: { type: 'string', id: 4 },
        startTime: { type: 'double', id: 5 },
      },
    },
    SessionEnd: { fields: { status: { type: 'int32', id: 1 }, endTime: { type: 'double', id: 2 } } },
    Value: {
      oneofs: { kind: { oneof: ['number', 'text', 'boolean'] } },
      fields: {
        number: { type: 'double', id: 2 },
        text: { type: 'string', id: 3 },
        boolean: { type: 'bool', id: 4 },
      },
    },
  },
});

export interface Tensor {
  dataType: number;
  content: Uint8Array;
  floats: number[];
  doubles: number[];
  ints: number[];
  strings: Uint8Array[];
  /** Numbers, or objects of them that print as one. */
  longs: unknown[];
  booleans: boolean[];
  halves: number[];
}

export interface SummaryValue {
  tag: string;
  content?: 'simpleValue' | 'image' | 'histogram' | 'audio' | 'tensor';
  simpleValue: number;
  image?: { encoded: Uint8Array };
  audio?: { encoded: Uint8Array };
  tensor?: Tensor;
  metadata?: { pluginData?: { pluginName: string; content: Uint8Array } };
}

export interface Event {
  /** Epoch seconds. */
  wallTime: number;
  step: unknown;
  summary?: { value: SummaryValue[] };
}

export interface HParams {
  start?: {
    hparams: Record<string, { kind?: 'number' | 'text' | 'boolean'; number: number; text: string; boolean: boolean }>;
  };
  end?: { status: number };
}

const decoder = <T>(name: string) => {
  const type = root.lookupType(name);
  return (bytes: Uint8Array): T => type.decode(bytes) as unknown as T;
};

/** Throws where the bytes are no such message. */
export const decodeEvent = decoder<Event>('Event');
export const decodeHParams = decoder<HParams>('HParams');

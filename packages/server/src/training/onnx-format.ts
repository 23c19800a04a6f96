import protobuf from 'protobufjs/light.js';

/** The subset of the ONNX model format (onnx.proto) that a linear pipeline needs. */
const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        producerVersion: { type: 'string', id: 3 },
        docString: { type: 'string', id: 6 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSet', id: 8 },
        metadataProps: { rule: 'repeated', type: 'Entry', id: 14 },
      },
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Graph: {
      fields: {
        node: { rule: 'repeated', type: 'Node', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'Tensor', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfo', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfo', id: 12 },
      },
    },
    Node: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        i: { type: 'int64', id: 3 },
        ints: { rule: 'repeated', type: 'int64', id: 8, options: { packed: false } },
        strings: { rule: 'repeated', type: 'bytes', id: 9 },
        type: { type: 'int32', id: 20 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1, options: { packed: false } },
        dataType: { type: 'int32', id: 2 },
        stringData: { rule: 'repeated', type: 'bytes', id: 6 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } } },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    Dimension: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
  },
});

const elementType = { int64: 7, string: 8, double: 11 } as const;
const attributeType = { int: 2, ints: 7, strings: 8 } as const;
const utf8 = new TextEncoder();

export type ElementType = keyof typeof elementType;
export type AttributeValue = number | number[] | string[];

export interface OnnxNode {
  opType: string;
  inputs: string[];
  output: string;
  /** 'ai.onnx.ml' for the classical operators; the default domain otherwise. */
  domain?: 'ai.onnx.ml';
  attributes?: Record<string, AttributeValue>;
}

export type OnnxConstant = { name: string; dims: number[] } & (
  | { type: 'double'; data: readonly number[] }
  | { type: 'int64'; data: readonly number[] }
  | { type: 'string'; data: readonly string[] }
);

/** A graph input or output; `null` in `shape` is the number of rows. */
export interface OnnxValue {
  name: string;
  type: ElementType;
  shape: (number | null)[];
}

export interface OnnxModel {
  producerVersion: string;
  opset: { onnx: number; ml: number };
  irVersion: number;
  metadata: Record<string, string>;
  graph: { name: string; nodes: OnnxNode[]; constants: OnnxConstant[]; inputs: OnnxValue[]; outputs: OnnxValue[] };
}

export function encodeOnnx({ producerVersion, opset, irVersion, metadata, graph }: OnnxModel): Uint8Array {
  const model = root.lookupType('Model');
  return model
    .encode({
      irVersion,
      producerName: 'millwright',
      producerVersion,
      opsetImport: [
        { domain: '', version: opset.onnx },
        { domain: 'ai.onnx.ml', version: opset.ml },
      ],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: graph.name,
        node: graph.nodes.map(nodeMessage),
        initializer: graph.constants.map(tensorMessage),
        input: graph.inputs.map(valueMessage),
        output: graph.outputs.map(valueMessage),
      },
    })
    .finish();
}

function nodeMessage({ opType, inputs, output, domain, attributes }: OnnxNode): object {
  return {
    input: inputs,
    output: [output],
    name: output,
    opType,
    attribute: Object.entries(attributes ?? {}).map(([name, value]) => attributeMessage(name, value)),
    ...(domain && { domain }),
  };
}

function attributeMessage(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, type: attributeType.int, i: value };
  if (typeof value[0] === 'string') {
    return { name, type: attributeType.strings, strings: value.map((text) => utf8.encode(String(text))) };
  }
  return { name, type: attributeType.ints, ints: value };
}

function tensorMessage({ name, dims, ...tensor }: OnnxConstant): object {
  const dataType = elementType[tensor.type];
  if (tensor.type === 'string')
    return { name, dims, dataType, stringData: tensor.data.map((text) => utf8.encode(text)) };
  const bytes = new DataView(new ArrayBuffer(tensor.data.length * 8));
  tensor.data.forEach((value, index) => {
    if (tensor.type === 'double') bytes.setFloat64(index * 8, value, true);
    else bytes.setBigInt64(index * 8, BigInt(value), true);
  });
  return { name, dims, dataType, rawData: new Uint8Array(bytes.buffer) };
}

function valueMessage({ name, type, shape }: OnnxValue): object {
  const dim = shape.map((size) => (size === null ? { dimParam: 'rows' } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: elementType[type], shape: { dim } } } };
}

import type { FittedModel } from './model.ts';
import { encodeOnnx } from './onnx-format.ts';
import type { AttributeValue, OnnxConstant, OnnxNode, OnnxValue } from './onnx-format.ts';
import { encodingWidth, maxStandardDeviations, missingLevelColumn, unknownLevelColumn } from './preprocess.ts';
import type { CategoryEncoding } from './preprocess.ts';
import { signatureOf } from './signature.ts';

/** Raised whenever the same model would be exported as another graph. */
const graphVersion = '1';

/**
 * The whole pipeline as one ONNX graph: imputation, indicators, scaling, category encoding, linear model, sigmoid or
 * softmax, labels. Inputs and outputs are those of `signatureOf(model)`. Everything is computed in double, for which
 * ONNX Runtime has kernels of all operators used, so the graph agrees with `predict` to rounding.
 * A category block is a look-up of its weights by level, the product of its one-hot row and the weights.
 */
export function exportOnnx(model: FittedModel, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const signature = signatureOf(model);
  const builder = graphBuilder(signature.inputs.map(({ name }) => name));
  const inputOf = new Map(signature.inputs.map(({ feature, name }) => [feature, name]));
  const scores = sumOf(builder, [
    ...numberTerms(builder, model, inputOf),
    ...categoryTerms(builder, model, inputOf),
    builder.doubles('intercept', [1, model.intercept.length], model.intercept),
  ]);
  if (model.classes) addClassOutputs(builder, scores, model.classes);
  else builder.add('Identity', [scores], { output: 'value' });

  const elementTypes = { FP64: 'double', BYTES: 'string' } as const;
  const valueOf = (tensor: { name: string; datatype: string; shape: number[] }): OnnxValue => ({
    name: tensor.name,
    type: elementTypes[tensor.datatype as keyof typeof elementTypes],
    shape: tensor.shape.map((size) => (size === -1 ? null : size)),
  });
  return encodeOnnx({
    producerVersion: graphVersion,
    irVersion: 9,
    opset: { onnx: 19, ml: 3 },
    metadata: { trainer: model.trainer, task: model.task, ...metadata },
    graph: {
      name: model.trainer,
      nodes: builder.nodes,
      constants: builder.constants,
      inputs: signature.inputs.map(valueOf),
      outputs: signature.outputs.map(valueOf),
    },
  });
}

interface NodeOptions {
  output?: string;
  domain?: 'ai.onnx.ml';
  attributes?: Record<string, AttributeValue>;
}

interface GraphBuilder {
  nodes: OnnxNode[];
  constants: OnnxConstant[];
  /** Adds a node and returns the name of its output. */
  add(opType: string, inputs: string[], options?: NodeOptions): string;
  doubles(name: string, dims: number[], data: readonly number[]): string;
  constant(constant: OnnxConstant): string;
}

function graphBuilder(inputNames: readonly string[]): GraphBuilder {
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  // A feature may have any name; inner values get a prefix that no input starts with.
  let prefix = 'pipeline/';
  while (inputNames.some((name) => name.startsWith(prefix))) prefix += '/';

  function constant(tensor: OnnxConstant): string {
    const name = `${prefix}${tensor.name}`;
    constants.push({ ...tensor, name });
    return name;
  }
  return {
    nodes,
    constants,
    add(opType, inputs, { output = `${prefix}${opType}_${nodes.length}`, ...rest } = {}) {
      nodes.push({ opType, inputs, output, ...rest });
      return output;
    },
    doubles: (name, dims, data) => constant({ name, type: 'double', dims, data }),
    constant,
  };
}

function sumOf({ add }: GraphBuilder, terms: string[]): string {
  return terms.reduce((sum, term) => add('Add', [sum, term]));
}

function numberTerms(builder: GraphBuilder, model: FittedModel, inputOf: ReadonlyMap<string, string>): string[] {
  const { add, doubles, constant } = builder;
  const { numbers } = model.preprocessor;
  if (numbers.length === 0) return [];
  const width = numbers.length;
  const rowOf = (name: string, data: number[]): string => doubles(name, [1, width], data);
  const raw = add(
    'Concat',
    numbers.map(({ name }) => inputOf.get(name)!),
    { attributes: { axis: 1 } },
  );
  const missing = add('Or', [add('IsNaN', [raw]), add('IsInf', [raw])]);
  const imputed = add('Where', [
    missing,
    rowOf(
      'medians',
      numbers.map(({ median }) => median),
    ),
    raw,
  ]);
  const centred = add('Sub', [
    imputed,
    rowOf(
      'means',
      numbers.map(({ mean }) => mean),
    ),
  ]);
  const scaled = add('Div', [
    centred,
    rowOf(
      'scales',
      numbers.map(({ scale }) => scale),
    ),
  ]);
  const limits = [doubles('lowest', [], [-maxStandardDeviations]), doubles('highest', [], [maxStandardDeviations])];
  const clipped = add('Clip', [scaled, ...limits]);
  const terms = [add('MatMul', [clipped, weightsOf(builder, 'number_weights', model, 0, width)])];

  const withIndicator = numbers.flatMap(({ missingIndicator }, index) => (missingIndicator ? [index] : []));
  if (withIndicator.length > 0) {
    const dims = [withIndicator.length];
    const columns = constant({ name: 'indicator_columns', type: 'int64', dims, data: withIndicator });
    const flags = add('Gather', [missing, columns], { attributes: { axis: 1 } });
    const indicators = add('Cast', [flags], { attributes: { to: 11 } });
    terms.push(add('MatMul', [indicators, weightsOf(builder, 'indicator_weights', model, width, dims[0]!)]));
  }
  return terms;
}

/** Weights of `count` design columns as a constant `[count, outputs]`. */
function weightsOf({ doubles }: GraphBuilder, name: string, model: FittedModel, from: number, count: number): string {
  const rows = Array.from({ length: count }, (_, j) => model.weights.map((weights) => weights[from + j]!));
  return doubles(name, [count, model.weights.length], rows.flat());
}

function categoryTerms(builder: GraphBuilder, model: FittedModel, inputOf: ReadonlyMap<string, string>): string[] {
  const { numbers, categories } = model.preprocessor;
  const indicatorCount = numbers.filter(({ missingIndicator }) => missingIndicator).length;
  let offset = numbers.length + indicatorCount;
  return categories.map((encoding, index) => {
    const term = categoryTerm(builder, model, encoding, { input: inputOf.get(encoding.name)!, index, offset });
    offset += encodingWidth(encoding);
    return term;
  });
}

function categoryTerm(
  builder: GraphBuilder,
  model: FittedModel,
  encoding: CategoryEncoding,
  { input, index, offset }: { input: string; index: number; offset: number },
): string {
  const { add, doubles, constant } = builder;
  const width = encodingWidth(encoding);
  const zeroRow = width;
  const rowOf = (column: number): number => (column < 0 ? zeroRow : column);
  const position = add('LabelEncoder', [input], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_strings: ['', ...encoding.levels],
      values_int64s: [rowOf(missingLevelColumn(encoding)), ...encoding.levels.keys()],
      default_int64: rowOf(unknownLevelColumn(encoding)),
    },
  });
  const axis = constant({ name: `axis_${index}`, type: 'int64', dims: [1], data: [1] });
  const rows = Array.from({ length: width }, (_, j) => model.weights.map((weights) => weights[offset + j]!));
  const outputCount = model.weights.length;
  const table = [...rows.flat(), ...new Array<number>(outputCount).fill(0)];
  const weights = doubles(`category_weights_${index}`, [width + 1, outputCount], table);
  return add('Gather', [weights, add('Squeeze', [position, axis])], { attributes: { axis: 0 } });
}

function addClassOutputs({ add, constant }: GraphBuilder, scores: string, classes: readonly string[]): void {
  if (classes.length === 2) {
    const both = add('Concat', [add('Neg', [scores]), scores], { attributes: { axis: 1 } });
    add('Sigmoid', [both], { output: 'probabilities' });
  } else {
    add('Softmax', [scores], { output: 'probabilities', attributes: { axis: 1 } });
  }
  const best = add('ArgMax', ['probabilities'], { attributes: { axis: 1, keepdims: 0 } });
  const labels = constant({ name: 'classes', type: 'string', dims: [classes.length], data: classes });
  add('Gather', [labels, best], { output: 'label', attributes: { axis: 0 } });
}

import type { FittedModel } from './model.ts';
import type { Feature } from './preprocess.ts';
import type { Task } from './target.ts';

/** Open Inference Protocol datatypes; BYTES is a UTF-8 string. */
export type Datatype = 'FP64' | 'FP32' | 'BYTES';

export interface SignatureTensor {
  name: string;
  datatype: Datatype;
  /** -1 is the number of rows. */
  shape: number[];
}

export interface SignatureInput extends SignatureTensor {
  /** The feature fed in; differs from `name` only where a feature is called like an output. */
  feature: string;
}

export interface Signature {
  task: Task;
  inputs: SignatureInput[];
  outputs: SignatureTensor[];
  /** Labels in the order of the columns of `probabilities`. */
  classes?: string[];
  /** What each input accepts. NaN (numbers) and '' (categories) stand for a missing value. */
  features: FeatureNote[];
}

export interface FeatureNote extends Feature {
  /** Whether training saw missing values here. */
  missingInTraining: boolean;
  /** Category features: levels with a weight of their own. */
  levels?: string[];
  /** Category features: whether rare and unknown levels share a weight; without it an unknown level adds nothing. */
  other?: boolean;
}

const outputNames = new Set(['label', 'probabilities', 'value']);

/** Names and types of the exported graph's inputs (one `[-1, 1]` tensor per feature) and outputs. */
export function signatureOf(model: FittedModel): Signature {
  const inputNames = new Set(model.features.map(({ name }) => name));
  const inputs = model.features.map(({ name, kind }): SignatureInput => {
    const datatype = kind === 'number' ? 'FP64' : 'BYTES';
    return { name: inputName(name, inputNames), feature: name, datatype, shape: [-1, 1] };
  });
  const shared = { task: model.task, inputs, features: model.features.map((feature) => noteOf(model, feature)) };
  if (!model.classes) return { ...shared, outputs: [{ name: 'value', datatype: 'FP64', shape: [-1, 1] }] };
  const outputs: SignatureTensor[] = [
    { name: 'label', datatype: 'BYTES', shape: [-1] },
    { name: 'probabilities', datatype: 'FP64', shape: [-1, model.classes.length] },
  ];
  return { ...shared, outputs, classes: model.classes };
}

/** ONNX gives every value of a graph one name, and '' means "absent". */
function inputName(feature: string, taken: ReadonlySet<string>): string {
  let name = feature;
  while (name === '' || outputNames.has(name) || (name !== feature && taken.has(name))) name += '_input';
  return name;
}

function noteOf({ preprocessor }: FittedModel, { name, kind }: Feature): FeatureNote {
  if (kind === 'number') {
    const scaling = preprocessor.numbers.find((candidate) => candidate.name === name)!;
    return { name, kind, missingInTraining: scaling.missingIndicator };
  }
  const { levels, other, missing } = preprocessor.categories.find((candidate) => candidate.name === name)!;
  return { name, kind, missingInTraining: missing, levels, other };
}

import type { ModelVersion } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { type VersionFacts, diffModelVersions } from './model-diff.ts';

const version = (number: number, inputs: [string, 'FP32' | 'BYTES'][]): ModelVersion => ({
  id: `mv_${number}`,
  modelId: 'mdl',
  modelName: 'card-fraud',
  number,
  format: 'onnx',
  digest: `sha256:${String(number).repeat(64)}`,
  sizeBytes: 100,
  source: null,
  runId: null,
  namedRun: null,
  runLink: '',
  evaluationId: null,
  datasetVersionId: null,
  aliases: [],
  tags: {},
  stage: 'None',
  status: 'ready',
  note: '',
  createdBy: 'ada',
  createdAt: 0,
  updatedAt: 0,
  deletedAt: null,
  approval: { state: 'approved', by: null, at: null, reason: '', digest: null },
  signature: {
    task: 'classification',
    target: 'fraud',
    classes: ['no', 'yes'],
    inputs: inputs.map(([name, datatype]) => ({ name, datatype, shape: [-1, 1] })),
    outputs: [],
  },
});
const metric = (last: number) => ({ last, min: last, max: last, lastStep: 0, lastAt: 0, points: 1 });
const facts = (number: number, inputs: [string, 'FP32' | 'BYTES'][], accuracy: number): VersionFacts => ({
  version: version(number, inputs),
  run: { parameters: { penalty: '0.1' }, metrics: { accuracy: metric(accuracy) } },
  evaluation: null,
});
const rowsOf = (title: string, sections: ReturnType<typeof diffModelVersions>) =>
  sections.find((one) => one.title === title)?.rows ?? [];

describe('diffModelVersions', () => {
  const sections = diffModelVersions(facts(3, [['amount', 'FP32']], 0.9), {
    ...facts(4, [['country', 'BYTES']], 0.93),
  });
  it('shows an input that came and one that went', () => {
    const changed = rowsOf('Signature', sections).filter((row) => row.changed);
    expect(changed.map(({ key, before, after }) => [key, before, after])).toEqual([
      ['input amount', 'FP32', null],
      ['input country', null, 'BYTES'],
    ]);
  });
  it('tells by how much a number changed and leaves what stayed alone', () => {
    expect(rowsOf('Metrics of the run', sections)[0]?.difference).toBeCloseTo(0.03);
    expect(rowsOf('Parameters of the run', sections)).toEqual([
      { key: 'penalty', before: '0.1', after: '0.1', changed: false, difference: null },
    ]);
  });
  it('leaves out a section neither version has anything for', () => {
    expect(sections.map((one) => one.title)).not.toContain('Evaluation');
  });
});

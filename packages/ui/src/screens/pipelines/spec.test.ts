import type { PipelineSpec } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { drawnEdgesOf, edgesOf, parametersOf, readDefinition, readParameter, stepsAfter } from './spec.ts';

const spec: PipelineSpec = {
  steps: [
    { name: 'snapshot', kind: 'data.snapshot', with: { reason: { $parameter: 'reason' } } },
    { name: 'train', kind: 'training.train', needs: ['snapshot'], with: { list: [{ $parameter: 'windows' }] } },
    { name: 'evaluate', kind: 'evaluation.evaluate', needs: ['train', 'snapshot'] },
    { name: 'report', kind: 'evaluation.report', needs: ['snapshot'] },
  ],
};

describe('the definition of a pipeline', () => {
  it('has an edge from each step to those that need it', () => {
    expect(edgesOf(spec)).toEqual([
      { from: 'snapshot', to: 'train' },
      { from: 'train', to: 'evaluate' },
      { from: 'snapshot', to: 'evaluate' },
      { from: 'snapshot', to: 'report' },
    ]);
  });
  it('does not draw an edge that a longer way implies', () => {
    expect(drawnEdgesOf(spec)).toEqual([
      { from: 'snapshot', to: 'train' },
      { from: 'train', to: 'evaluate' },
      { from: 'snapshot', to: 'report' },
    ]);
  });
  it('names the parameters its steps refer to, however deep', () => {
    expect(parametersOf(spec)).toEqual(['reason', 'windows']);
  });
  it('knows what comes after a step', () => {
    expect(stepsAfter(spec, 'train')).toEqual(['evaluate']);
    expect(stepsAfter(spec, 'snapshot')).toEqual(['train', 'evaluate', 'report']);
  });
  it('says why a text is no definition', () => {
    expect(readDefinition('{"steps": [}')).toHaveProperty('problem');
    expect(readDefinition('[]')).toHaveProperty('problem');
    expect(readDefinition('{"steps": []}')).toEqual({ spec: { steps: [] } });
  });
});
describe('readParameter', () => {
  it('takes JSON as JSON and everything else as text', () => {
    expect([readParameter('12'), readParameter('true'), readParameter('accuracy fell')]).toEqual([
      12,
      true,
      'accuracy fell',
    ]);
  });
});

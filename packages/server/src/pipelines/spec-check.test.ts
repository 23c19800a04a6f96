import type { PipelineSpec, Step } from '@millwright/contract';
import { GateRule, Id, Strict } from '@millwright/contract';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { referencesIn, resolveReferences, splitTarget, valueAt } from './references.ts';
import { checkInput, fitProblems } from './schema-fit.ts';
import { checkSpec } from './spec-check.ts';
import { createStepKinds } from './step-kind.ts';

const kinds = createStepKinds();
const run = async () => ({ state: 'stopped' as const, message: 'not run here' });
kinds.register({
  kind: 'training.train',
  summary: '',
  input: Strict({ dataset: Type.String(), seed: Type.Optional(Type.Integer()) }),
  output: Type.Object({ runId: Id, nested: Type.Object({ rows: Type.Integer() }) }),
  run,
});
kinds.register({
  kind: 'evaluation.evaluate',
  summary: '',
  input: Strict({ runId: Id, rules: Type.Array(GateRule) }),
  output: Type.Object({ evaluationId: Id }),
  run,
});

const train: Step = { name: 'train', kind: 'training.train', with: { dataset: 'cards' } };
const evaluate: Step = {
  name: 'evaluate',
  kind: 'evaluation.evaluate',
  needs: ['train'],
  with: { runId: { $from: 'train.runId' }, rules: [{ kind: 'value', metric: 'accuracy', atLeast: 0.8 }] },
};
const problems = (spec: PipelineSpec) =>
  checkSpec(spec, kinds.find).map((problem) => `${problem.path}: ${problem.message}`);

describe('a definition', () => {
  it('is accepted when its steps, references and triggers hold together', () => {
    expect(
      problems({
        steps: [train, evaluate],
        triggers: [
          { kind: 'schedule', cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
          { kind: 'event', type: 'monitoring.drift-confirmed' },
        ],
      }),
    ).toEqual([]);
  });

  const refused: [why: string, spec: PipelineSpec, message: RegExp][] = [
    ['two steps of one name', { steps: [train, train] }, /two steps are called 'train'/],
    ['a need that is no step', { steps: [{ ...train, needs: ['nobody'] }] }, /needs 'nobody', which is no step/],
    ['a step that needs itself', { steps: [{ ...train, needs: ['train'] }] }, /in a circle: train -> train/],
    ['a circle', { steps: [{ ...train, needs: ['evaluate'] }, evaluate] }, /in a circle: train -> evaluate -> train/],
    ['an unknown kind', { steps: [{ name: 'a', kind: 'nobody.knows' }] }, /there is no step kind 'nobody.knows'/],
    [
      'a missing input',
      { steps: [{ ...train, with: {} }] },
      /steps\/0\/with: 'train': must have required properties dataset/,
    ],
    ['an input too many', { steps: [{ ...train, with: { dataset: 'a', colour: 1 } }] }, /unknown properties colour/],
    [
      'an input of the wrong type',
      { steps: [{ ...train, with: { dataset: 'a', seed: 'b' } }] },
      /with\/seed: 'train': must be integer/,
    ],
    [
      'a reference to a step that is not needed',
      { steps: [train, { ...evaluate, needs: [] }] },
      /without needing it: add it to needs/,
    ],
    [
      'a reference to no step',
      { steps: [train, { ...evaluate, with: { runId: { $from: 'trian.runId' }, rules: [] } }] },
      /'trian.runId' begins with the name of no step/,
    ],
    [
      'a reference to an output that the kind does not have',
      { steps: [train, { ...evaluate, with: { runId: { $from: 'train.runID' }, rules: [] } }] },
      /the output of 'train' \(training.train\) has no 'runID'/,
    ],
    [
      'a reference with something beside it',
      { steps: [{ ...train, with: { dataset: { $parameter: 'x', or: 1 } } }] },
      /a reference is/,
    ],
    [
      'a wrong value beside a reference',
      {
        steps: [
          train,
          { ...evaluate, with: { runId: { $from: 'train.runId' }, rules: [{ kind: 'value', metric: 'luck' }] } },
        ],
      },
      /with\/rules\/0/,
    ],
    [
      'a cron line that cannot be read',
      { steps: [train], triggers: [{ kind: 'schedule', cron: '61 * * * *', timeZone: 'UTC' }] },
      /triggers\/0\/cron/,
    ],
    [
      'a time zone that does not exist',
      { steps: [train], triggers: [{ kind: 'schedule', cron: '@daily', timeZone: 'Europe/Atlantis' }] },
      /no time zone 'Europe\/Atlantis'/,
    ],
    [
      'an event nobody sends',
      { steps: [train], triggers: [{ kind: 'event', type: 'monitoring.bored' }] },
      /no event that can start a pipeline/,
    ],
    [
      'an event of pipelines',
      { steps: [train], triggers: [{ kind: 'event', type: 'pipelines.run-ended' }] },
      /no event that can start a pipeline/,
    ],
    [
      'an event type from the prototype of objects',
      { steps: [train], triggers: [{ kind: 'event', type: 'constructor' }] },
      /no event that can start a pipeline/,
    ],
    [
      'a subject with a control character',
      { steps: [train], triggers: [{ kind: 'event', type: 'data.version-created', subjectId: 'a\u0000' }] },
      /control characters/,
    ],
    [
      'a parameter that a trigger does not bring',
      {
        steps: [{ ...train, with: { dataset: { $parameter: 'dataset' } } }],
        triggers: [{ kind: 'schedule', cron: '@daily', timeZone: 'UTC' }],
      },
      /does not have; it has reason, dueAt/,
    ],
  ];
  it.each(refused)('is refused for %s', (_why, spec, message) => {
    expect(problems(spec).join('\n')).toMatch(message);
  });

  it('may refer to a step that is needed by way of another', () => {
    expect(problems({ steps: [train, evaluate, { ...evaluate, name: 'again', needs: ['evaluate'] }] })).toEqual([]);
  });
});

describe('references', () => {
  it('are found wherever they are, with a pointer to the place', () => {
    expect(referencesIn({ a: [{ $from: 's.x' }], 'b/c~': { d: { $parameter: 'p' } }, e: 1 })).toEqual([
      { kind: 'output', target: 's.x', path: '/a/0' },
      { kind: 'parameter', target: 'p', path: '/b~1c~0/d' },
    ]);
  });
  it('mean the longest step name that fits', () => {
    expect(splitTarget('train.v2.runId', ['train', 'train.v2'])).toEqual({ step: 'train.v2', path: ['runId'] });
    expect(splitTarget('train', ['train'])).toEqual({ step: 'train', path: [] });
    expect(splitTarget('training.runId', ['train'])).toBeNull();
  });
  it('reach own properties and array items only', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', '0', 'b'])).toBe(1);
    expect(valueAt({ a: {} }, ['a', 'constructor'])).toBeUndefined();
    expect(valueAt({ a: 'text' }, ['a', 'length'])).toBeUndefined();
  });
  it('are replaced without touching the rest', () => {
    const value = JSON.parse('{"a": {"$from": "s.x"}, "__proto__": {"b": [1, {"$parameter": "p"}]}}') as unknown;
    const resolved = resolveReferences(value, (reference) => `<${reference.target}>`);
    expect(JSON.stringify(resolved)).toBe('{"a":"<s.x>","__proto__":{"b":[1,"<p>"]}}');
  });
});

describe('the fit of an input', () => {
  const schema = Strict({
    rules: Type.Array(GateRule, { minItems: 1 }),
    seed: Type.Optional(Type.Integer({ default: 7 })),
  });
  it('is not judged where a reference stands, in lists and alternatives too', () => {
    expect(
      fitProblems(schema, {
        rules: [{ kind: 'value', metric: 'accuracy', atLeast: { $parameter: 'p' } }, { $from: 'a.b' }],
      }),
    ).toEqual([]);
    expect(fitProblems(schema, { rules: { $from: 'a.b' }, seed: { $from: 'a.c' } })).toEqual([]);
  });
  it('is judged everywhere else', () => {
    expect(
      fitProblems(schema, { rules: [{ kind: 'value', metric: 'luck', atLeast: { $parameter: 'p' } }] }),
    ).not.toEqual([]);
    expect(fitProblems(schema, { rules: [{ $from: 'a.b' }], seed: 1.5 })).toEqual([
      { path: '/seed', message: 'must be integer' },
    ]);
  });
  it('fills in defaults once everything is known', () => {
    expect(checkInput(schema, { rules: [{ kind: 'value', metric: 'accuracy' }] })).toEqual({
      ok: true,
      value: { rules: [{ kind: 'value', metric: 'accuracy' }], seed: 7 },
    });
  });
});

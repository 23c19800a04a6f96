import { describe, expect, it } from 'vitest';
import { MlmodelUnreadable, readMlmodel, readRequirements, readYaml } from './mlmodel.ts';

/** As MLflow 3 writes it: the JSON of a signature is folded over lines. */
const written = `artifact_path: model
env:
  conda: conda.yaml
  virtualenv: python_env.yaml
flavors:
  python_function:
    env:
      conda: conda.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict
    python_version: 3.11.2
  sklearn:
    code: null
    pickled_model: model.pkl
    sklearn_version: 1.7.2
mlflow_version: 3.14.0
model_size_bytes: 1234
signature:
  inputs: '[{"type": "double", "name": "amount", "required": true}, {"type": "string",
    "name": "country", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
type_hint_from_example: false
`;

describe('MLmodel', () => {
  it('is read as MLflow writes it', () => {
    expect(readMlmodel(written)).toEqual({
      flavours: ['python_function', 'sklearn'],
      python: '3.11.2',
      interface: {
        inputs: [
          { name: 'amount', type: 'double', required: true },
          { name: 'country', type: 'string', required: false },
        ],
        outputs: [{ name: '', type: 'tensor(int64, [-1])', required: true }],
        params: [],
      },
    });
    expect(readMlmodel('flavors:\n  onnx: {}\n').interface).toBeNull();
  });

  it('refuses a file that grows as it is read, quickly', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
      .concat(Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`))
      .join('\n');
    const began = performance.now();
    for (const text of [
      bomb,
      'a: &a [*a]',
      'a: &x {b: 1}\nc: {<<: *x}\nd: *x',
      '['.repeat(100_000),
      '{a: '.repeat(50_000),
      '- '.repeat(100_000),
      Array.from({ length: 2000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      'x'.repeat(2_000_000),
      'a: !!python/object/apply:os.system [id]\nb: [',
    ])
      expect(() => readYaml(text), text.slice(0, 40)).toThrow(MlmodelUnreadable);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('takes tags of Python for plain values and keys for names', () => {
    expect(readYaml('a: !!python/object/apply:os.system [id]')).toEqual({ a: ['id'] });
    const read = readYaml('__proto__: {polluted: 1}\nconstructor: 2') as object;
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['- 1', 'is no mapping'],
    ["signature:\n  inputs: 'no json'", 'JSON'],
    ['signature:\n  inputs: [1]', 'form'],
    ['a: b: c', 'line 1'],
  ])('says what is wrong with %j', (text, problem) => {
    expect(() => readMlmodel(text)).toThrow(problem);
  });

  it('reads what packages are asked for', () => {
    expect(
      readRequirements(
        'mlflow==3.14.0\nscikit-learn>=1.5,<2 # why\n-r more.txt\n# no\n\nuvicorn[standard]==1\nx @ https://e',
      ),
    ).toEqual({ mlflow: '==3.14.0', 'scikit-learn': '>=1.5,<2', 'uvicorn[standard]': '==1', x: '' });
  });
});

import { describe, expect, it } from 'vitest';
import { type OpenApi, entriesByTag, limitWords, typeWords } from './openapi.ts';

const operation = (operationId: string, tag: string) => ({
  operationId,
  summary: `Does ${operationId}`,
  tags: [tag],
  parameters: [],
  responses: {},
});
const document: OpenApi = {
  info: { version: '1' },
  tags: [{ name: 'data' }, { name: 'serving' }],
  paths: {
    '/b': { get: operation('predict', 'serving') },
    '/a': { get: operation('listDatasets', 'data'), post: operation('createDataset', 'data') },
  },
};
describe('entriesByTag', () => {
  it('keeps the order of the tags and finds by name, path and summary', () => {
    expect(entriesByTag(document, '').map(([tag, list]) => [tag, list.length])).toEqual([
      ['data', 2],
      ['serving', 1],
    ]);
    expect(
      entriesByTag(document, ' CREATEdata').map(([, list]) => list.map((one) => `${one.method} ${one.path}`)),
    ).toEqual([['POST /a']]);
    expect(entriesByTag(document, '/b')).toHaveLength(1);
  });
});
describe('typeWords', () => {
  it.each([
    [{ anyOf: [{ const: 'a' }, { const: 'b' }, { type: 'null' }] }, '"a" or "b" or null'],
    [{ type: 'array', items: { type: 'integer' } }, 'array of integer'],
    [{ type: 'object', patternProperties: { '^.*$': { type: 'string' } } }, 'map to string'],
    [{}, 'anything'],
  ])('says %j as %s', (schema, words) => {
    expect(typeWords(schema)).toBe(words);
  });
});
describe('limitWords', () => {
  it('says the limits', () => {
    expect(limitWords({ minimum: 1, maximum: 1000, default: 100 })).toBe('default 100, at least 1, at most 1000');
  });
});

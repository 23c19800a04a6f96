import { describe, expect, it, vi } from 'vitest';

const schemasOf = async () => {
  const { operations } = await import('@millwright/contract');
  return operations.map(
    ({ id, params, query, body, reply }) => [id, JSON.parse(JSON.stringify({ params, query, body, reply }))] as const,
  );
};
const real = await schemasOf();
vi.resetModules();
vi.doMock('typebox', () => import('./schema-builder.ts'));
const light = new Map(await schemasOf());

describe('the schema builder of the browser', () => {
  it.each(real)('builds the same schemas for %s as typebox', (id, schemas) => {
    expect(light.get(id)).toEqual(schemas);
  });
  it('really replaced typebox', async () => {
    const { Type } = await import('typebox');
    expect(Type.Any()).toEqual({});
    expect(Object.keys(Type).length).toBeLessThan(20);
  });
});

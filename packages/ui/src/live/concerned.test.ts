import { eventTypes, operations } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { operationsConcerned } from './concerned.ts';

describe('operationsConcerned', () => {
  const reads = new Set(operations.filter((one) => one.method === 'GET').map((one) => one.id));
  it.each(Object.keys(eventTypes))('%s refreshes only read operations that exist', (type) => {
    const ids = operationsConcerned(type);
    expect(ids.length).toBeGreaterThan(2);
    expect(ids.filter((id) => !reads.has(id))).toEqual([]);
  });
  it('an event of an unknown type still refreshes the list of events', () => {
    expect(operationsConcerned('fleet.device-lost')).toContain('listEvents');
  });
});

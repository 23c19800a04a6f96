import { eventTypes, operations } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { isConcerned, operationsConcerned } from './concerned.ts';

describe('operationsConcerned', () => {
  const reads = new Set(
    operations.filter((one) => one.method === 'GET' || one.permission.endsWith(':read')).map((one) => one.id),
  );
  it.each(Object.keys(eventTypes))('%s refreshes only read operations that exist', (type) => {
    const ids = operationsConcerned(type);
    expect(ids.length).toBeGreaterThan(2);
    expect(ids.filter((id) => !reads.has(id))).toEqual([]);
  });
  it('an event of an unknown type still refreshes the list of events', () => {
    expect(operationsConcerned('fleet.device-lost')).toContain('listEvents');
  });
  it('an event of one run leaves the files of another alone', () => {
    const due = new Map([
      ['listArtifacts', new Set(['run_1'])],
      ['listRuns', new Set(['run_1'])],
    ]);
    const files = (run: string) => ['listArtifacts', { params: { run } }];
    expect(isConcerned(files('run_1'), due)).toBe(true);
    expect(isConcerned(files('run_2'), due)).toBe(false);
    expect(isConcerned(['listRuns', {}], due)).toBe(true);
    expect(isConcerned(['getRun', { params: { run: 'run_1' } }], due)).toBe(false);
  });
});

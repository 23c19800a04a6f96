import type { Run } from '@millwright/contract';

/** A run for tests. */
export const aRun = (part: Partial<Run>): Run => ({
  id: 'run_00000000000000000000000001',
  experimentId: 'exp_00000000000000000000000001',
  experimentName: 'fraud',
  experimentNumber: 1,
  name: 'one',
  status: 'finished',
  parentRunId: null,
  startedAt: 0,
  endedAt: 1,
  deletedAt: null,
  owner: 'ada',
  userId: 'ada',
  note: '',
  parameters: {},
  metrics: {},
  tags: {},
  ...part,
});

export const aSummary = (last: number) => ({ last, min: last - 1, max: last + 1, lastStep: 3, lastAt: 0, points: 4 });

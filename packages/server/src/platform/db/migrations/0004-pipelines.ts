import type { Migration } from '../columns.ts';

export const pipelines: Migration = {
  name: '0004-pipelines',
  async up() {},
};

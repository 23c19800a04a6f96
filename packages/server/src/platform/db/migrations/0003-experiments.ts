import type { Migration } from '../columns.ts';

export const experiments: Migration = {
  name: '0003-experiments',
  async up() {},
};

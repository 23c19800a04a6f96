import type { Migration } from '../columns.ts';

export const data: Migration = {
  name: '0002-data',
  async up() {},
};

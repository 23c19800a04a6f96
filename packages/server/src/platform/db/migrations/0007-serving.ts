import type { Migration } from '../columns.ts';

export const serving: Migration = {
  name: '0007-serving',
  async up() {},
};

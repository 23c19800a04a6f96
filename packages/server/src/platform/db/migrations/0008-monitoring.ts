import type { Migration } from '../columns.ts';

export const monitoring: Migration = {
  name: '0008-monitoring',
  async up() {},
};

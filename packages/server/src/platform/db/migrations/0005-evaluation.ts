import type { Migration } from '../columns.ts';

export const evaluation: Migration = {
  name: '0005-evaluation',
  async up() {},
};

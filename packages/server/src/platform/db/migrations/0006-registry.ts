import type { Migration } from '../columns.ts';

export const registry: Migration = {
  name: '0006-registry',
  async up() {},
};

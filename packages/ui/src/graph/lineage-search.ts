import { integer, oneOf } from '../app/screen.ts';

/** The search parameters of a screen that shows a lineage graph. */
export const lineageSearch = { depth: integer(1, 20), direction: oneOf('both', 'up', 'down') };

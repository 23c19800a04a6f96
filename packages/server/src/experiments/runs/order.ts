import { parseFilter } from '@millwright/contract';
import { fail } from '#platform/errors';
import type { RunOrder } from './ordering/store.ts';

/** Commas that stand in no quotes. */
const parts = /(?:`[^`]*`|"[^"]*"|[^,`"])+/g;

/** `metrics.auc desc, startedAt`: keys as in filters. Errors: INVALID_FILTER. */
export const readOrder = (text = ''): RunOrder[] =>
  [...text.matchAll(parts)]
    .map(({ 0: whole, index }) => ({ part: whole.trim(), at: index + whole.length - whole.trimStart().length }))
    .filter(({ part }) => part !== '')
    .map(({ part, at }) => {
      const [, key = '', direction = 'asc'] = /^(.*?)(?:\s+(asc|desc))?$/i.exec(part) ?? [];
      // A key is whatever the grammar of filters takes for one.
      const read = parseFilter(`${key} is null`);
      if (!('filter' in read) || read.filter?.kind !== 'null')
        return fail(
          'INVALID_FILTER',
          `The order '${part}' cannot be read. Write the name of a column, then asc or desc.`,
          { position: at },
        );
      return { path: read.filter.path, descending: /desc/i.test(direction), numeric: true, summaries: true, at };
    });

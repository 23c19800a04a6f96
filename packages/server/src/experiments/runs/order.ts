import { parseFilter } from '@millwright/contract';
import { fail } from '#platform/errors';
import type { RunOrder } from './search/store.ts';

/** Commas that stand in no quotes. */
const parts = /(?:`[^`]*`|"[^"]*"|[^,`"])+/g;

/** `metrics.auc desc, startedAt`: keys as in filters. Errors: INVALID_FILTER. */
export const readOrder = (text = ''): RunOrder[] =>
  (text.match(parts) ?? [])
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [, key = '', direction = 'asc'] = /^(.*?)(?:\s+(asc|desc))?$/i.exec(part) ?? [];
      // A key is whatever the grammar of filters takes for one.
      const read = parseFilter(`${key} is null`);
      if (!('filter' in read) || read.filter?.kind !== 'null')
        return fail(
          'INVALID_FILTER',
          `The order '${part}' cannot be read. Write the name of a column, then asc or desc.`,
        );
      return { path: read.filter.path, descending: /desc/i.test(direction), numeric: true, summaries: true };
    });

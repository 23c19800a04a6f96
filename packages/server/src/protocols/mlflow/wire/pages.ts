import { fail } from '#platform/errors';
import type { Fields } from './fields.ts';
import { refuseType } from './refusals.ts';

/** `initial` undefined: the request must say how many it wants. Errors: INVALID_INPUT. */
export const pageOptions = (
  input: Fields,
  /** `saysMost`: that more are refused with the most there may be. */
  rule: { max: number; initial?: number; saysMost?: boolean },
): { limit: number; cursor: string | undefined } => {
  const limit = input.integer('max_results') ?? rule.initial;
  if (limit === undefined || limit < 1)
    return fail(
      'INVALID_INPUT',
      `Invalid value ${limit ?? 0} for parameter 'max_results' supplied. It must be a positive integer`,
    );
  if (limit > rule.max && rule.saysMost === true)
    fail(
      'INVALID_INPUT',
      `Invalid value ${limit} for parameter 'max_results' supplied. It must be at most ${rule.max}`,
    );
  if (limit > rule.max) refuseType('max_results', input.values['max_results']);
  const token = input.text('page_token');
  return { limit, cursor: token === '' ? undefined : token };
};

/** Which stage of life a search looks at, by its name or by its number in the protocol. */
export const viewOf = (viewType: string | undefined): 'active' | 'deleted' | 'all' => {
  if (viewType === undefined || viewType === 'ACTIVE_ONLY' || viewType === '1') return 'active';
  if (viewType === 'DELETED_ONLY' || viewType === '2') return 'deleted';
  if (viewType === 'ALL' || viewType === '3') return 'all';
  return fail('INVALID_INPUT', `Invalid view type '${viewType}'. There are ACTIVE_ONLY, DELETED_ONLY and ALL.`);
};

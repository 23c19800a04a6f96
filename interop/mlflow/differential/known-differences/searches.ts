import { beyondMlflow } from '../filters.ts';
import type { Exchange } from '../session.ts';
import { refused, type KnownDifference } from './known-difference.ts';

const hasDatasetsOfAnyDigest = ({ body }: Exchange['step']): boolean => {
  const datasets = (body as { datasets?: unknown } | undefined)?.datasets;
  return (
    Array.isArray(datasets) && datasets.some((one) => !(one as { dataset_digest?: unknown } | null)?.dataset_digest)
  );
};

const filterOf = ({ body, query }: Exchange['step']): string => {
  const inBody = (body as { filter?: unknown } | undefined)?.filter;
  const inQuery = query?.find(([name]) => name === 'filter')?.[1];
  return String(inBody ?? inQuery ?? '');
};

const maxResultsOf = ({ body, query }: Exchange['step']): string => {
  const inBody = (body as { max_results?: unknown } | undefined)?.max_results;
  return String(inBody ?? query?.find(([name]) => name === 'max_results')?.[1] ?? '');
};

/** How filters, orders and pages are read otherwise. */
export const searches: readonly KnownDifference[] = [
  {
    what: 'Filters may use OR, NOT and parentheses.',
    why: 'MLflow answers 400. The grammar here is a superset of its own.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant.startsWith(beyondMlflow) && theirs.status >= 400 && ours.status === 200,
  },
  {
    what: 'IN, BETWEEN and IS NULL work on every field they make sense for.',
    why: 'MLflow has IN and IS NULL for a few only, and answers 400 for the rest.',
    matches: (_difference, { step, theirs, ours }) =>
      /\b(IN|BETWEEN|IS (NOT )?NULL)\b/i.test(filterOf(step)) &&
      /IS NULL \/ IS NOT NULL is not supported|support comparison with a list|Expected a list of comparisons|Invalid clause|Got value \(|Invalid comparator|Invalid comparison operator/.test(
        theirs.text,
      ) &&
      theirs.status === 400 &&
      ours.status === 200,
  },
  {
    what: 'Filters may say `==` for `=`, write signs before numbers, and be blank.',
    why: 'MLflow answers 400 to some of these, not to all. They have one meaning only.',
    matches: (_difference, { step, theirs, ours }) =>
      /^filter(: | is a blank)/.test(step.variant) &&
      /==|[<>=] *\+\d|^\s+$/.test(filterOf(step)) &&
      /Invalid comparator|Could not be parsed|single SQL expression|Invalid clause|Expected/.test(theirs.text) &&
      theirs.status === 400 &&
      ours.status === 200,
  },
  {
    what: 'Filters of logged models take names in double quotes for names.',
    why: 'MLflow looks for a key with the quotes in it and finds nothing, though its documentation writes them.',
    matches: (_difference, { step, ours }) =>
      step.endpoint === 'POST logged-models/search' && filterOf(step).includes('"') && ours.status === 200,
  },
  {
    what: 'A number in the list of experiments is the experiment with that number.',
    why: 'MLflow drops the whole list and searches nothing, or everything.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST runs/search' &&
      /^experiment_ids\.\[\] is a (negative )?number$/.test(step.variant) &&
      theirs.status === 200 &&
      ours.status === 200,
  },
  {
    what: 'Nothing in place of an experiment, in a list of them, is refused with 400.',
    why: 'MLflow drops the whole list and searches nothing, or everything.',
    matches: (_difference, { step, theirs, ours }) =>
      step.variant === 'experiment_ids.[] is null' && theirs.status === 200 && refused(ours),
  },
  {
    what: 'A page of no entries, or of a fraction of one, is refused with 400.',
    why: 'MLflow answers an empty page with a token for the same page again, or ignores what it cannot read.',
    matches: (_difference, { step, theirs, ours }) =>
      (/max_results/.test(step.variant) || maxResultsOf(step) === '0') && theirs.status === 200 && refused(ours),
  },
  {
    what: 'Filters of logged models compare with numbers only.',
    why: 'MLflow takes NaN and Infinity there, which it refuses in filters of runs, and finds nothing.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST logged-models/search' &&
      /[<>=] *(nan|inf(inity)?)\b/i.test(filterOf(step)) &&
      theirs.status === 200 &&
      refused(ours),
  },
  {
    what: 'A filter by a key without a name is refused with INVALID_PARAMETER_VALUE.',
    why: 'MLflow takes some for a key that nothing has, and fails at others.',
    matches: (_difference, { step, ours }) => /^filter: params\.? =/.test(step.variant) && refused(ours),
  },
  {
    what: 'Data sets in a search for logged models match whatever their digest, where none is named.',
    why: 'MLflow then finds nothing.',
    matches: (_difference, { step, theirs, ours }) =>
      step.endpoint === 'POST logged-models/search' &&
      hasDatasetsOfAnyDigest(step) &&
      theirs.status === 200 &&
      ours.status === 200,
  },
];

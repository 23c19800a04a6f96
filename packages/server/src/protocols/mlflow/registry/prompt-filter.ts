import type { Filter } from '@millwright/contract';
import { promptTag } from './model-names.ts';

const asksAboutPrompts = (part: Filter): boolean =>
  'path' in part && part.path[0] === 'tags' && part.path.slice(1).join('.') === promptTag;

const mentionsPrompts = (part: Filter): boolean => {
  if ('parts' in part) return part.parts.some(mentionsPrompts);
  return 'part' in part ? mentionsPrompts(part.part) : asksAboutPrompts(part);
};

/**
 * Prompts are models with a tag. A search leaves them out unless it asks for them; what it says about them otherwise
 * (`= 'false'`) is about a tag that models do not have, and only means that prompts are left out. Within `or` and `not`
 * the filter is taken as it is.
 */
export const withoutPrompts = (
  filter: Filter | null,
): { filter: Filter | null; exceptTagged?: readonly [key: string, value: string] } => {
  const parts = filter === null ? [] : filter.kind === 'and' ? filter.parts : [filter];
  const about = parts.find(asksAboutPrompts);
  if (about === undefined && filter !== null && mentionsPrompts(filter)) return { filter };
  if (about?.kind === 'compare') {
    const value = String(about.value).toLowerCase();
    if ((about.operator === '=' && value === 'true') || (about.operator === '!=' && value === 'false'))
      return { filter };
  }
  const [first, ...rest] = parts.filter((part) => !asksAboutPrompts(part));
  const left: Filter | null =
    first === undefined ? null : rest.length === 0 ? first : { kind: 'and', parts: [first, ...rest] };
  return { filter: left, exceptTagged: [promptTag, 'true'] };
};

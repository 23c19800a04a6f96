import { describe, expect, it } from 'vitest';
import { readTags, tagChanges, writeTags } from './tag-lines.ts';

describe('tags as lines', () => {
  it('are read as they were written', () => {
    const tags = { team: 'risk', formula: 'a=b', empty: '' };
    expect(readTags(writeTags(tags))).toEqual(tags);
  });
  it('say which tags were added, changed and removed', () => {
    expect(tagChanges({ team: 'risk', old: '1' }, 'team=fraud\nnew=2')).toEqual({ team: 'fraud', new: '2', old: null });
  });
});

import { fail } from '#platform/errors';

/** Which parameters, metrics and tags of a run are answered. */
export interface RunKeys {
  parameters: string[];
  metrics: string[];
  tags: string[];
}

/** `metrics.auc,parameters.lr`; in a key a comma is %2C and a percent sign %25. Errors: INVALID_INPUT. */
export const readKeys = (text: string): RunKeys => {
  const keys: RunKeys = { parameters: [], metrics: [], tags: [] };
  for (const part of text.split(',').filter(Boolean)) {
    const [, group = '', key = ''] = /^(parameters|metrics|tags)\.(.+)$/s.exec(part) ?? [];
    if (key === '')
      fail('INVALID_INPUT', `query/keys: '${part}' is no key. Write metrics.NAME, parameters.NAME or tags.NAME.`, {
        problems: [{ path: 'query/keys', message: `'${part}' is no key` }],
      });
    keys[group as keyof RunKeys].push(key.replaceAll(/%2C/gi, ',').replaceAll('%25', '%'));
  }
  return keys;
};

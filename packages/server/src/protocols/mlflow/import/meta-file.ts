import { parseDocument } from 'yaml';
import { isMillwrightError } from '#platform/errors';
import type { Folder } from '../../import/folder.ts';
import type { Row } from './store.ts';

const metaBytes = 4_000_000;

const isScalar = (value: unknown): value is Row[string] =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/**
 * The `meta.yaml` of a folder, or a map within it: texts, numbers and nothing else. Aliases, tags of types and nested values
 * are not taken, so that no file of a few bytes becomes gigabytes. null, with a problem told: there is none to be read.
 */
export const readMeta = async (
  folder: Folder,
  path: string,
  problem: (text: string) => void,
  within?: string,
): Promise<Row | null> => {
  const leaveOut = (why: string): null => {
    problem(`${path === '' ? 'the folder' : path} was left out: ${why}`);
    return null;
  };
  if ((await folder.kindOf(`${path}/meta.yaml`)) !== 'file') return leaveOut('it has no meta.yaml');
  try {
    const text = await folder.readText(`${path}/meta.yaml`, metaBytes);
    const document = parseDocument(text, {
      schema: 'core',
      customTags: [],
      resolveKnownTags: false,
      logLevel: 'silent',
    });
    if (document.errors.length > 0) return leaveOut('its meta.yaml is no YAML');
    const whole: unknown = document.toJS({ maxAliasCount: 0 });
    const value = within === undefined ? whole : (whole as Record<string, unknown> | null)?.[within];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return leaveOut('its meta.yaml is no map');
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, Row[string]] => isScalar(entry[1])),
    );
  } catch (error) {
    if (isMillwrightError(error)) return leaveOut('its meta.yaml is too long');
    return leaveOut('its meta.yaml is nested too deep or holds aliases, which none that MLflow writes does');
  }
};

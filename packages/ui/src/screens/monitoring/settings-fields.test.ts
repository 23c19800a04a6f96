import { saveMonitor } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { numberFields, readSettings, textsOfSettings } from './settings-fields.ts';

const schema = (
  saveMonitor.body as unknown as {
    properties: { settings: { properties: Record<string, Record<string, number | string>> } };
  }
).properties.settings.properties;

describe('numberFields', () => {
  it.each(numberFields)('$key has the bounds and the default of the contract', (field) => {
    const defined = schema[field.key] ?? {};
    expect(field.standard).toBe(defined['default']);
    expect(field.minimum).toBe(defined['minimum'] ?? defined['exclusiveMinimum']);
    expect(field.above ?? false).toBe('exclusiveMinimum' in defined);
    expect(field.maximum).toBe(defined['maximum'] ?? Number.POSITIVE_INFINITY);
    expect(field.whole ?? false).toBe(defined['type'] === 'integer');
  });
  it('are all settings but the ignored columns', () => {
    expect([...numberFields.map((field) => field.key), 'ignoreColumns'].sort()).toEqual(Object.keys(schema).sort());
  });
});
describe('readSettings', () => {
  const texts = textsOfSettings({ windowRows: 1000 });
  it('reads back what was set, and the defaults for the rest', () => {
    const { settings } = readSettings(texts, ['at']);
    expect(settings).toMatchObject({ windowRows: 1000, persistWindows: 2, ofWindows: 3, ignoreColumns: ['at'] });
  });
  it.each([
    ['windowRows', '49'],
    ['windowRows', '50.5'],
    ['falseDiscoveryRate', '0'],
    ['minLabelCoverage', '1.1'],
    ['minEffect', ''],
    ['persistWindows', '4'],
  ])('refuses %s = "%s" beside the field', (key, text) => {
    const { settings, problems } = readSettings({ ...texts, [key]: text }, []);
    expect(settings).toBeNull();
    expect(Object.keys(problems)).toEqual([key]);
  });
});

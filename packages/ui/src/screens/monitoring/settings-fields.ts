import type { MonitorSettings } from '@millwright/contract';

type NumberKey = Exclude<keyof MonitorSettings, 'ignoreColumns'>;
export interface NumberField {
  key: NumberKey;
  label: string;
  hint: string;
  standard: number;
  minimum: number;
  maximum: number;
  whole?: boolean;
  /** The minimum itself is too little. */
  above?: boolean;
}
/** The numbers of the settings with the bounds and defaults of the contract. */
export const numberFields: readonly NumberField[] = [
  {
    key: 'windowRows',
    label: 'Rows per window',
    hint: 'Predictions in the order they were answered',
    standard: 500,
    minimum: 50,
    maximum: 1_000_000,
    whole: true,
  },
  {
    key: 'falseDiscoveryRate',
    label: 'False discovery rate',
    hint: 'Over the columns of one window',
    standard: 0.05,
    minimum: 0,
    maximum: 0.5,
    above: true,
  },
  {
    key: 'minEffect',
    label: 'Smallest effect',
    hint: 'A drift smaller than this is not reported, however significant',
    standard: 0.1,
    minimum: 0,
    maximum: Number.POSITIVE_INFINITY,
  },
  {
    key: 'persistWindows',
    label: 'Confirmed in',
    hint: 'So many windows ...',
    standard: 2,
    minimum: 1,
    maximum: 20,
    whole: true,
  },
  { key: 'ofWindows', label: 'Of the last', hint: '... of so many', standard: 3, minimum: 1, maximum: 20, whole: true },
  {
    key: 'lossTolerance',
    label: 'Tolerated rise of the loss',
    hint: 'Of the error rate (classification), as a share of the reference (regression)',
    standard: 0.02,
    minimum: 0,
    maximum: Number.POSITIVE_INFINITY,
  },
  {
    key: 'performanceAlpha',
    label: 'Level of the performance test',
    hint: 'p values below it say worse',
    standard: 0.01,
    minimum: 0,
    maximum: 0.5,
    above: true,
  },
  {
    key: 'minLabelCoverage',
    label: 'Labels needed',
    hint: 'Share of a window that has labels before it is judged',
    standard: 0.6,
    minimum: 0,
    maximum: 1,
    above: true,
  },
];

export type SettingTexts = Readonly<Record<string, string>>;
export const textsOfSettings = (settings: MonitorSettings): Record<string, string> =>
  Object.fromEntries(numberFields.map(({ key, standard }) => [key, String(settings[key] ?? standard)]));

const problemOf = ({ minimum, maximum, whole, above }: NumberField, text: string): string | null => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return 'Type a number';
  if (whole && !Number.isInteger(value)) return 'Type a whole number';
  if (value < minimum || (above && value === minimum)) return `It must be ${above ? 'above' : 'at least'} ${minimum}`;
  return value > maximum ? `It must be at most ${maximum}` : null;
};

/** The settings out of what was typed, or what is wrong by field. */
export const readSettings = (
  texts: SettingTexts,
  ignoreColumns: readonly string[],
): { settings: MonitorSettings | null; problems: Record<string, string> } => {
  const problems: Record<string, string> = {};
  const numbers: Partial<Record<NumberKey, number>> = {};
  for (const field of numberFields) {
    const problem = problemOf(field, texts[field.key] ?? '');
    if (problem) problems[field.key] = problem;
    else numbers[field.key] = Number(texts[field.key]);
  }
  if (!problems['persistWindows'] && Number(texts['persistWindows']) > Number(texts['ofWindows']))
    problems['persistWindows'] = 'It cannot be more than the windows looked at';
  const fine = Object.keys(problems).length === 0;
  return { settings: fine ? { ...numbers, ignoreColumns: [...ignoreColumns] } : null, problems };
};

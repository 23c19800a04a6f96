import type { Check } from '@millwright/contract';
import { formatNumber, formatPercent } from '../../ui/format.ts';

export type CheckKind = Check['kind'];
export const checkKinds: { value: CheckKind; label: string }[] = [
  { value: 'not-missing', label: 'Values are not missing' },
  { value: 'in-range', label: 'Values lie in a range' },
  { value: 'in-set', label: 'Values are among known ones' },
  { value: 'unique', label: 'Values are unique' },
  { value: 'column-present', label: 'The column is there' },
  { value: 'row-count', label: 'There are enough rows' },
];

const tolerance = (share: unknown) =>
  Number(share ?? 0) > 0 ? `, up to ${formatPercent(Number(share))} may differ` : '';

/** What a check asks for, in a sentence without its column. */
export const checkWords = ({ kind, parameters }: Pick<Check, 'kind' | 'parameters'>): string => {
  const { min, max, values, maxFraction, type } = parameters;
  switch (kind) {
    case 'column-present':
      return type ? `is there, as ${type}` : 'is there';
    case 'not-missing':
      return Number(maxFraction ?? 0) > 0 ? `at most ${formatPercent(Number(maxFraction))} missing` : 'never missing';
    case 'in-set': {
      const list = Array.isArray(values) ? values.map(String) : [];
      return `one of ${list.slice(0, 5).join(', ')}${list.length > 5 ? ` and ${list.length - 5} more` : ''}${tolerance(maxFraction)}`;
    }
    case 'in-range': {
      const from = typeof min === 'number' ? `at least ${formatNumber(min)}` : '';
      const to = typeof max === 'number' ? `at most ${formatNumber(max)}` : '';
      return `${[from, to].filter(Boolean).join(' and ')}${tolerance(maxFraction)}`;
    }
    case 'row-count':
      return `at least ${formatNumber(Number(min ?? 0))} rows`;
    case 'unique':
      return 'no value twice';
  }
};

export interface CheckForm {
  kind: CheckKind;
  column: string;
  type: string;
  min: string;
  max: string;
  /** One per line. */
  values: string;
  /** Percent of the rows that may break it. */
  tolerancePercent: string;
}

/** Values are read as the column's type says: `5` is a number in a column of numbers and text in one of strings. */
const readValue = (text: string, columnType: string | undefined): string | number | boolean =>
  columnType === 'number' || columnType === 'integer'
    ? Number(text)
    : columnType === 'boolean'
      ? text.trim().toLowerCase() === 'true'
      : text;

/** The parameters of the contract for what was typed into the form. */
export const parametersOf = (form: CheckForm, columnType: string | undefined): Check['parameters'] => {
  const number = (name: 'min' | 'max') => (form[name].trim() === '' ? {} : { [name]: Number(form[name]) });
  const maxFraction = { maxFraction: Number(form.tolerancePercent || 0) / 100 };
  switch (form.kind) {
    case 'column-present':
      return form.type ? { type: form.type } : {};
    case 'not-missing':
      return maxFraction;
    case 'in-range':
      return { ...number('min'), ...number('max'), ...maxFraction };
    case 'in-set':
      return {
        values: form.values
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => readValue(line, columnType)),
        ...maxFraction,
      };
    case 'row-count':
      return number('min');
    case 'unique':
      return {};
  }
};

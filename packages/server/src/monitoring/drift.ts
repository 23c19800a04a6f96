import type { ColumnDrift } from '@millwright/contract';
import { benjaminiHochberg, kOfN, type PreparedReference, windowDrift } from '@millwright/stats';
import { type ColumnValues, missingOf, sizeOf } from './column-values.ts';
import type { Settings } from './settings.ts';

/** Prepared references by column; a column without one cannot be tested. */
export type References = Readonly<Record<string, PreparedReference>>;

type DriftSettings = Pick<Settings, 'falseDiscoveryRate' | 'minEffect' | 'persistWindows' | 'ofWindows'>;

interface Tested {
  column: string;
  result: ReturnType<typeof windowDrift> | null;
  missingFraction: number;
}

/**
 * Drift of every column of a window. `history`: the columns that drifted in earlier windows of the same series, oldest
 * first. Drifted: rejected by Benjamini-Hochberg over the columns, and by an effect that matters. Confirmed: drifted in
 * `persistWindows` of the last `ofWindows` windows.
 */
export function judgeColumns(
  columns: ReadonlyMap<string, ColumnValues>,
  references: References,
  history: readonly ReadonlySet<string>[],
  settings: DriftSettings,
): ColumnDrift[] {
  const tested = [...columns].map(([column, values]) => testColumn(column, values, references));
  const results = tested.flatMap(({ result }) => (result === null ? [] : [result.pValue]));
  const { adjusted, rejected } = benjaminiHochberg(results, settings.falseDiscoveryRate);
  let index = 0;
  return tested.map(({ column, result, missingFraction }) => {
    if (result === null) return untested(column, missingFraction);
    const position = index++;
    const drifted = rejected[position]! && result.effect >= settings.minEffect;
    const flags = [...history.map((names) => names.has(column)), drifted];
    return {
      column,
      test: result.test === 'ks' ? 'ks' : 'chi-square',
      statistic: result.statistic,
      pValue: result.pValue,
      adjustedPValue: adjusted[position]!,
      effect: result.effect,
      drifted,
      confirmed: kOfN(flags, settings.persistWindows, settings.ofWindows),
      missingFraction,
      referenceMissingFraction: result.referenceMissing / result.referenceCount,
    };
  });
}

function testColumn(column: string, values: ColumnValues, references: References): Tested {
  const reference = Object.hasOwn(references, column) ? references[column] : undefined;
  const missingFraction = sizeOf(values) === 0 ? 0 : missingOf(values) / sizeOf(values);
  const result = reference && sizeOf(values) > 0 ? windowDrift(reference, values.values) : null;
  return { column, result, missingFraction };
}

const untested = (column: string, missingFraction: number): ColumnDrift => ({
  column,
  test: 'none',
  statistic: null,
  pValue: null,
  adjustedPValue: null,
  effect: null,
  drifted: false,
  confirmed: false,
  missingFraction,
  referenceMissingFraction: 0,
});

export const driftedOf = (columns: readonly ColumnDrift[]): string[] =>
  columns.filter(({ drifted }) => drifted).map(({ column }) => column);

export const confirmedOf = (columns: readonly ColumnDrift[]): string[] =>
  columns.filter(({ confirmed }) => confirmed).map(({ column }) => column);

/** In words, with numbers: how far the columns moved. */
export function describeDrift(columns: readonly ColumnDrift[], names: readonly string[]): string {
  const parts = columns
    .filter(({ column }) => names.includes(column))
    .map(({ column, test, effect, adjustedPValue, missingFraction, referenceMissingFraction }) => {
      const moved =
        test === 'ks'
          ? `moved by ${(effect ?? 0).toFixed(2)} standard deviations of the reference`
          : `has ${((effect ?? 0) * 100).toFixed(1)} % of its rows in other values`;
      const missing =
        Math.abs(missingFraction - referenceMissingFraction) >= 0.05
          ? `, ${(missingFraction * 100).toFixed(0)} % missing instead of ${(referenceMissingFraction * 100).toFixed(0)} %`
          : '';
      return `${column} ${moved}${missing} (adjusted p ${pText(adjustedPValue ?? 1)})`;
    });
  return parts.slice(0, 5).join('; ') + (parts.length > 5 ? `; and ${parts.length - 5} more columns` : '');
}

/** A p-value for people. */
export const pText = (p: number): string => (p < 1e-12 ? '< 1e-12' : `= ${p.toPrecision(2)}`);

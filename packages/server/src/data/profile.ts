import type { ColumnProfile } from '@millwright/contract';
import type { Profile } from '#platform/tables';

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

/** The profile of a table in the form of the contract: what does not apply to a column is null. */
export const toColumnProfiles = (profile: Profile): ColumnProfile[] =>
  profile.columns.map((column) => {
    const [p05, p25, p50, p75, p95] = column.quantiles ?? [];
    const quantiles = [p05, p25, p50, p75, p95].every((value) => value !== undefined && Number.isFinite(value))
      ? { p05: Number(p05), p25: Number(p25), p50: Number(p50), p75: Number(p75), p95: Number(p95) }
      : null;
    return {
      name: column.name,
      type: column.type,
      count: column.count,
      missing: column.missing,
      distinct: column.distinct,
      min: finite(column.min),
      max: finite(column.max),
      mean: finite(column.mean),
      stddev: finite(column.stddev),
      quantiles,
      histogram: column.histogram ?? null,
      top: column.top ?? null,
    };
  });

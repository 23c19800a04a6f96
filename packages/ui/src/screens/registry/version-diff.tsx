import { type ModelVersion, getEvaluation, getRun } from '@millwright/contract';
import { skipToken, useQuery } from '@tanstack/react-query';
import { queryFor } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { type DiffSection, type VersionFacts, diffModelVersions } from '../../charts/prepare/model-diff.ts';
import { Card } from '../../ui/card.tsx';
import { Checkbox, Select } from '../../ui/field.tsx';
import { formatNumber } from '../../ui/format.ts';
import { EmptyState, Loading, Skeleton } from '../../ui/states.tsx';

/** A version with its run and its evaluation; null while they are read. What cannot be read counts as not there. */
const useFacts = (version: ModelVersion | undefined): VersionFacts | null => {
  const project = useProject();
  const { runId = null, evaluationId = null } = version ?? {};
  const runQuery = queryFor(getRun, { params: { project, run: runId ?? '' } });
  const evaluationQuery = queryFor(getEvaluation, { params: { project, evaluation: evaluationId ?? '' } });
  const run = useQuery({ ...runQuery, ...(runId === null ? { queryFn: skipToken } : {}) });
  const evaluation = useQuery({ ...evaluationQuery, ...(evaluationId === null ? { queryFn: skipToken } : {}) });
  if (!version || run.isLoading || evaluation.isLoading) return null;
  return { version, run: run.data ?? null, evaluation: evaluation.data ?? null };
};

const Section = ({ section, all, names }: { section: DiffSection; all: boolean; names: [string, string] }) => {
  const rows = all ? section.rows : section.rows.filter((row) => row.changed);
  const numbers = section.rows.some((row) => row.difference !== null);
  return (
    <Card title={section.title} flush>
      {rows.length === 0 ? (
        <p className="px-3 py-3 text-muted">No difference.</p>
      ) : (
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={section.title}>
          <table className="w-full">
            <thead className="text-left text-xs text-muted">
              <tr>
                {['', ...names, ...(numbers ? ['Difference'] : [])].map((head) => (
                  <th key={head} scope="col" className="px-3 py-1.5 font-medium">
                    {head || <span className="sr-only">What</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key} className="border-t border-line">
                  <th scope="row" className="px-3 py-1 text-left font-normal text-muted">
                    {row.key}
                    {row.changed && all ? <span className="ml-1.5 text-xs text-accent">changed</span> : null}
                  </th>
                  {[row.before, row.after].map((value, index) => (
                    <td key={index} className="px-3 py-1 break-all tabular-nums">
                      {value ?? <span className="text-faint">–</span>}
                    </td>
                  ))}
                  {numbers ? (
                    <td className="px-3 py-1 tabular-nums">
                      {row.difference === null || row.difference === 0
                        ? ''
                        : `${row.difference > 0 ? '+' : '−'}${formatNumber(Math.abs(row.difference))}`}
                    </td>
                  ) : null}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
};

/** Two versions side by side; which ones is in the address. */
export const VersionDiff = ({ versions }: { versions: readonly ModelVersion[] }) => {
  const [search, change] = useScreenSearch();
  const pick = (text: string | undefined, fallback: ModelVersion | undefined) =>
    versions.find((version) => String(version.number) === text) ?? fallback;
  const to = pick(search['to'], versions[0]);
  const from = pick(search['from'], versions.find((version) => version.number < (to?.number ?? 0)) ?? versions.at(-1));
  const before = useFacts(from);
  const after = useFacts(to);
  if (versions.length < 2)
    return <EmptyState title="Nothing to compare" text="There is only one version of this model." />;
  const choices = versions.map(({ number, approval }) => ({
    value: String(number),
    label: `v${number}, ${approval.state}`,
  }));
  const all = search['all'] === 'yes';
  return (
    <>
      <div className="mb-3 flex flex-wrap items-end gap-3">
        <Select
          label="From"
          choices={choices}
          value={String(from?.number ?? '')}
          onChange={(event) => change({ from: event.target.value })}
        />
        <Select
          label="To"
          choices={choices}
          value={String(to?.number ?? '')}
          onChange={(event) => change({ to: event.target.value })}
        />
        <Checkbox
          label="Differences only"
          checked={!all}
          onChange={(event) => change({ all: event.target.checked ? null : 'yes' })}
        />
      </div>
      {before && after ? (
        <div className="grid items-start gap-3 xl:grid-cols-2">
          {diffModelVersions(before, after).map((section) => (
            <Section
              key={section.title}
              section={section}
              all={all}
              names={[`v${before.version.number}`, `v${after.version.number}`]}
            />
          ))}
        </div>
      ) : (
        <Loading>
          <div className="grid gap-3 xl:grid-cols-2">
            {[0, 1, 2, 3].map((index) => (
              <Skeleton key={index} className="h-40 w-full" />
            ))}
          </div>
        </Loading>
      )}
    </>
  );
};

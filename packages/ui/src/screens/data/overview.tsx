import type { CheckResult, Dataset, DatasetVersion } from '@millwright/contract';
import { ObjectLink, ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { SchemaTable } from './schema-table.tsx';
import { DownloadLink, VersionFacts } from './version-facts.tsx';

export const resultState = (result: Pick<CheckResult, 'passed' | 'severity'>): string =>
  result.passed ? 'passed' : result.severity === 'error' ? 'failed' : 'warning';

/** What a version breaks, in sentences. */
export const BrokenChecks = ({ results }: { results: readonly CheckResult[] }) => {
  const broken = results.filter((result) => !result.passed);
  if (broken.length === 0)
    return <p className="px-3 py-2 text-muted">{results.length} checks were made, all of them passed.</p>;
  return (
    <ul>
      {broken.map((result) => (
        <li key={result.checkId} className="flex flex-wrap gap-x-3 border-b border-line px-3 py-1.5 last:border-0">
          <Status state={resultState(result)} />
          <span className="min-w-0 flex-1 basis-60">{result.message}</span>
        </li>
      ))}
    </ul>
  );
};

export const Overview = ({ dataset, version }: { dataset: Dataset; version: DatasetVersion }) => {
  const project = useProject();
  return (
    <div className="flex flex-col gap-3">
      {dataset.health === 'failing' ? (
        <p className="flex flex-wrap items-center gap-x-3 rounded-lg border border-bad/40 bg-bad-soft px-3 py-2">
          <Status state="failing" /> The newest upload was refused; nothing of it was taken in.
          <ScreenLink to={`/p/${project}/data/${dataset.id}?tab=quarantine`} className="text-accent underline">
            See why
          </ScreenLink>
        </p>
      ) : null}
      {dataset.description ? <p className="max-w-3xl">{dataset.description}</p> : null}
      <Card
        title={
          <>
            Latest version:{' '}
            <ObjectLink type="dataset-version" id={version.id}>
              v{version.number}
            </ObjectLink>
          </>
        }
        aside={<DownloadLink version={version} />}
      >
        <VersionFacts version={version} />
        <div className="mt-3 border-t border-line pt-3">
          <KeyValue
            columns={3}
            pairs={[
              ['Target column', dataset.targetColumn],
              ['Time column', dataset.timeColumn],
            ]}
          />
        </div>
      </Card>
      <Card title="Checks of this version" flush>
        <BrokenChecks results={version.checkResults} />
      </Card>
      <h2 className="text-sm font-semibold">Schema</h2>
      <SchemaTable version={version} maxHeight={420} />
    </div>
  );
};

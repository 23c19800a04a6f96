import { type ColumnDrift, type MonitorSettings, type Window, compareDistribution } from '@millwright/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { queryFor } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { DistributionChart } from '../../charts/draw/distribution-chart.tsx';
import { prepareDistribution } from '../../charts/prepare/distribution.ts';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { formatCount, formatNumber, formatPercent } from '../../ui/format.ts';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/time.tsx';

const tests: Record<ColumnDrift['test'], string> = {
  ks: 'Kolmogorov-Smirnov',
  'chi-square': 'Chi-square',
  none: 'not tested',
};
const effects: Record<ColumnDrift['test'], string> = {
  ks: 'normed Wasserstein distance',
  'chi-square': 'total variation',
  none: '',
};

interface Props {
  window: Window;
  drift: ColumnDrift;
  settings: MonitorSettings;
}
/** One column of one window against the reference: how it looks, and what the test says. */
export const DriftDetail = ({ window, drift, settings }: Props) => {
  const project = useProject();
  const distribution = useQuery({
    ...queryFor(compareDistribution, { params: { project, window: window.id }, query: { column: drift.column } }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const rows = distribution.isPlaceholderData ? undefined : distribution.data;
  return (
    <Card
      title={`${drift.column} in window ${window.number}`}
      aside={
        drift.confirmed ? (
          <Status state="confirmed" label="Drift confirmed" />
        ) : drift.drifted ? (
          <Status state="drifted" />
        ) : (
          <Status state="ok" label="No drift" />
        )
      }
    >
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        {distribution.error ? (
          <ErrorState error={distribution.error} onRetry={() => void distribution.refetch()} />
        ) : distribution.data ? (
          <DistributionChart
            title={`Reference and current, ${distribution.data.column}`}
            prepared={prepareDistribution(distribution.data)}
            height={230}
          />
        ) : (
          <Loading>
            <Skeleton className="h-64 w-full" />
          </Loading>
        )}
        <KeyValue
          pairs={[
            ['Test', tests[drift.test]],
            ['Statistic', formatNumber(drift.statistic)],
            ['p value', formatNumber(drift.pValue)],
            [
              'Adjusted p',
              `${formatNumber(drift.adjustedPValue)}${settings.falseDiscoveryRate === undefined ? '' : `, drifted at ${formatNumber(settings.falseDiscoveryRate)} or less`}`,
            ],
            [
              'Effect',
              `${formatNumber(drift.effect)}${settings.minEffect === undefined ? '' : `, reported from ${formatNumber(settings.minEffect)}`}${effects[drift.test] ? ` (${effects[drift.test]})` : ''}`,
            ],
            ['Reference rows', rows ? formatCount(rows.referenceRows) : null],
            ['Current rows', formatCount(rows?.currentRows ?? window.rows)],
            [
              'Missing',
              `${formatPercent(drift.missingFraction)} now, ${formatPercent(drift.referenceMissingFraction)} in the reference`,
            ],
            [
              'Served by',
              <ObjectLink key="version" type="model-version" id={window.modelVersionId}>
                v{window.modelVersion}
              </ObjectLink>,
            ],
            ['Window ended', <RelativeTime key="ended" at={window.endAt} />],
          ]}
        />
      </div>
    </Card>
  );
};

import { type ModelVersion, getEvaluation } from '@millwright/contract';
import { useQueries } from '@tanstack/react-query';
import { queryFor } from '../../api/queries.ts';
import type { Rows } from '../../api/rows.ts';
import { ObjectLink, ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Badge, Status } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { statusLook } from '../../ui/status.ts';
import { Timeline } from '../../ui/timeline.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { AliasBadge } from './alias-chips.tsx';

const Verdict = ({ version, verdict }: { version: ModelVersion; verdict: string | undefined }) => {
  if (version.evaluationId === null) return <span className="text-xs text-faint">not evaluated</span>;
  return (
    <ObjectLink
      type="evaluation"
      id={version.evaluationId}
      className="inline-flex min-h-6 items-center hover:underline"
    >
      {verdict ? (
        <Status state={verdict} label={verdict === 'none' ? 'No gate' : `Gate ${verdict}`} quiet />
      ) : (
        <span className="text-xs text-muted">Gate report</span>
      )}
    </ObjectLink>
  );
};

const Decision = ({ version: { approval } }: { version: ModelVersion }) => (
  <>
    <Status state={approval.state} quiet />
    {approval.by ? (
      <span className="text-xs">
        by {approval.by.startsWith('gate:') ? 'the gate' : approval.by} <RelativeTime at={approval.at} />
        {approval.reason && !approval.by.startsWith('gate:') ? `: ${approval.reason}` : ''}
      </span>
    ) : null}
  </>
);

/** The versions of a model, newest first: who, when, what the gate said, who approved. */
export const VersionTimeline = ({ rows }: { rows: Rows<ModelVersion> }) => {
  const project = useProject();
  const versions = rows.rows;
  const verdicts = useQueries({
    queries: versions.map((version) => ({
      ...queryFor(getEvaluation, { params: { project, evaluation: version.evaluationId ?? '' } }),
      enabled: version.evaluationId !== null,
      staleTime: Infinity,
    })),
    combine: (answers) => answers.map((answer) => answer.data?.gate.verdict),
  });
  return (
    <>
      {rows.waiting > 0 ? (
        <Button small tone="primary" className="mb-2" onClick={rows.showWaiting}>
          {rows.waiting} new
        </Button>
      ) : null}
      <Timeline
        label="Versions"
        entries={versions.map((version, index) => ({
          id: version.id,
          at: version.createdAt,
          tone: statusLook(version.approval.state).tone,
          title: (
            <>
              <ObjectLink type="model-version" id={version.id} className="font-semibold text-ink hover:underline">
                v{version.number}
              </ObjectLink>
              {version.aliases.map((alias) => (
                <AliasBadge key={alias} alias={alias} />
              ))}
              <span className="text-xs text-muted">by {version.createdBy}</span>
            </>
          ),
          text: (
            <div className="flex flex-wrap items-center gap-x-3">
              <Verdict version={version} verdict={verdicts[index]} />
              <Decision version={version} />
              {version.tests ? (
                <Status state={version.tests.state} label={`Tests ${version.tests.state}`} quiet />
              ) : null}
              {version.stage === 'None' ? null : <Badge>{version.stage}</Badge>}
              {version.note ? <span className="basis-full">{version.note}</span> : null}
            </div>
          ),
          aside: versions[index + 1] ? (
            <ScreenLink
              to={`/p/${project}/registry/compare?from=${versions[index + 1]?.id}&to=${version.id}`}
              className={buttonClass('quiet', true)}
              aria-label={`Compare v${version.number} with v${versions[index + 1]?.number}`}
            >
              Compare
            </ScreenLink>
          ) : null,
        }))}
      />
      {rows.hasMore ? (
        <Button small className="mt-3" busy={rows.loadingMore} onClick={rows.loadMore}>
          Older versions
        </Button>
      ) : null}
    </>
  );
};

import { ChevronRight } from 'lucide-react';
import { ScreenLink } from '../../../app/links.tsx';
import { useProject } from '../../../app/location.ts';

/** Where a report lies. */
export const ReportTrail = ({ report, last }: { report?: { id: string; title: string }; last: string }) => {
  const project = useProject();
  const steps = [
    { label: 'Reports', path: 'experiments/reports' },
    ...(report ? [{ label: report.title, path: `experiments/reports/${report.id}` }] : []),
  ];
  return (
    <nav aria-label="Trail" className="flex flex-wrap items-center gap-1 text-xs text-muted">
      {steps.map((step) => (
        <span key={step.path} className="inline-flex items-center gap-1">
          <ScreenLink
            to={`/p/${project}/${step.path}`}
            className="inline-flex min-h-6 max-w-80 items-center truncate hover:text-ink hover:underline"
          >
            {step.label}
          </ScreenLink>
          <ChevronRight aria-hidden size={12} />
        </span>
      ))}
      <span>{last}</span>
    </nav>
  );
};

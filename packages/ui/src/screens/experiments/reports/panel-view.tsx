import { type Panel, type PanelData, readPanel } from '@millwright/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CircleHelp } from 'lucide-react';
import type { ReactNode } from 'react';
import { queryFor } from '../../../api/queries.ts';
import { useProject } from '../../../app/location.ts';
import { formatCount } from '../../../ui/format.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { DatasetVersionPanel, GatePanel, ImagePanel, ModelVersionPanel } from './object-panels.tsx';
import { MediaPanel } from './media-panel.tsx';
import { isComplete, panelKinds } from './panel-kinds.ts';
import { ComparisonPanel, CurvesPanel, DistributionPanel, ParallelPanel, TablePanel } from './run-panels.tsx';

interface Props {
  panel: Panel;
  data: PanelData;
  linked: boolean;
}

const Note = ({ children }: { children: ReactNode }) => (
  <p className="flex items-start gap-2 text-muted">
    <CircleHelp aria-hidden size={15} className="mt-0.5 shrink-0" />
    <span>{children}</span>
  </p>
);

const content = ({ panel, data, linked }: Props): ReactNode => {
  if (data.kind === 'missing') return <Note>{data.reason}</Note>;
  if (data.kind === 'model-version') return <ModelVersionPanel data={data} linked={linked} />;
  if (data.kind === 'dataset-version') return <DatasetVersionPanel data={data} linked={linked} />;
  if (data.kind === 'gate') return <GatePanel data={data} linked={linked} />;
  if (data.kind === 'image')
    return <ImagePanel data={data} caption={panel.caption ?? (panel.kind === 'image' ? panel.path : '')} />;
  if (data.kind === 'media') return <MediaPanel data={data} linked={linked} />;
  if (data.runs.length === 0) return <Note>No run is chosen by this, or none is there any more.</Note>;
  switch (panel.kind) {
    case 'curves':
      return <CurvesPanel panel={panel} data={data} linked={linked} />;
    case 'table':
      return <TablePanel panel={panel} data={data} linked={linked} />;
    case 'parallel':
      return <ParallelPanel panel={panel} data={data} linked={linked} />;
    case 'comparison':
      return <ComparisonPanel panel={panel} data={data} linked={linked} />;
    case 'distribution':
      return <DistributionPanel panel={panel} data={data} linked={linked} />;
    default:
      return null;
  }
};

/** A panel with its caption, from what is known of what it shows. */
export const PanelView = (props: Props) => {
  const { panel, data } = props;
  const shown =
    data.kind === 'runs' && data.total > data.runs.length
      ? `${data.runs.length} of ${formatCount(data.total)} runs`
      : null;
  return (
    <section aria-label={panel.caption || panelKinds[panel.kind].label} className="min-w-0 break-inside-avoid">
      {content(props)}
      {panel.caption || shown ? (
        <p className="mt-2 text-xs text-muted">{[panel.caption, shown].filter(Boolean).join(' · ')}</p>
      ) : null}
    </section>
  );
};

/** The same, looked up now. */
export const LivePanel = ({ panel }: { panel: Panel }) => {
  const project = useProject();
  const ready = isComplete(panel);
  const read = useQuery({
    ...queryFor(readPanel, { params: { project }, body: { panel } }),
    enabled: ready,
    placeholderData: keepPreviousData,
  });
  if (!ready) return <Note>Choose what this panel shows.</Note>;
  return (
    <Loaded query={read} height={220}>
      {(data) => <PanelView panel={panel} data={data} linked />}
    </Loaded>
  );
};

import type { Panel, ReportBlock } from '@millwright/contract';

export type PanelKind = Panel['kind'];

/** What can be put into a report besides text: its name, and what it says. */
export const panelKinds: Record<PanelKind, { label: string; text: string }> = {
  curves: { label: 'Curves', text: 'Metrics of some runs over their steps; they grow while the runs train' },
  table: { label: 'Table of runs', text: 'Runs with the parameters and metrics you name' },
  parallel: { label: 'Parallel coordinates', text: 'Which settings led to which result' },
  comparison: { label: 'Comparison', text: 'Is one setting better than another, over several seeds' },
  distribution: { label: 'Distribution', text: 'How a metric is spread over runs' },
  image: { label: 'Image of a run', text: 'A PNG, JPEG, GIF or WebP that a run stored' },
  media: { label: 'Media of runs', text: 'Images, tables or texts that runs logged under a name, side by side' },
  'model-version': { label: 'Model version', text: 'What it is, its state, aliases and approval' },
  'dataset-version': { label: 'Data set version', text: 'Its rows, columns and digest' },
  gate: { label: 'Gate report', text: 'The conditions an evaluation met or missed' },
};
export const panelKindNames = Object.keys(panelKinds) as PanelKind[];

/** A panel of a kind with nothing chosen yet. */
export const emptyPanel = (kind: PanelKind): Panel => {
  const runs = { limit: 10 };
  switch (kind) {
    case 'curves':
      return { kind, runs: { limit: 5 }, metrics: ['loss'] };
    case 'table':
      return { kind, runs, columns: [] };
    case 'parallel':
      return { kind, runs: { limit: 50 }, axes: ['parameters.lr', 'metrics.loss'] };
    case 'comparison':
      return { kind, runs: { limit: 50 }, groupBy: 'parameters.optimizer', metric: 'loss' };
    case 'distribution':
      return { kind, runs: { limit: 50 }, metric: 'loss' };
    case 'media':
      return { kind, runs: { limit: 4 }, media: 'image', name: '' };
    case 'image':
      return { kind, run: '', path: '' };
    case 'gate':
      return { kind, evaluation: '' };
    default:
      return { kind, version: '' };
  }
};

/** Ids that a form has not been given yet would be refused: such a panel is not saved. */
export const isComplete = (panel: Panel): boolean => {
  const isId = (text: string) => /^[a-z]{2,8}_[0-9A-HJKMNP-TV-Z]{26}$/.test(text);
  switch (panel.kind) {
    case 'image':
      return isId(panel.run) && panel.path !== '';
    case 'media':
      return panel.name !== '';
    case 'gate':
      return isId(panel.evaluation);
    case 'model-version':
    case 'dataset-version':
      return isId(panel.version);
    case 'curves':
      return panel.metrics.length > 0;
    case 'table':
      return true;
    case 'parallel':
      return panel.axes.length > 1;
    case 'comparison':
      return panel.metric !== '' && /^(metrics|parameters|tags)\../.test(panel.groupBy);
    case 'distribution':
      return panel.metric !== '';
  }
};

/** Unique in the report, and short. */
export const newBlockId = (blocks: readonly ReportBlock[]): string => {
  const used = new Set(blocks.map((block) => block.id));
  let number = blocks.length + 1;
  while (used.has(`b${number}`)) number += 1;
  return `b${number}`;
};

/** Takes a block to another place; one that is out of range changes nothing. */
export const moved = <T>(list: readonly T[], from: number, to: number): readonly T[] => {
  if (from === to || to < 0 || to >= list.length || from < 0 || from >= list.length) return list;
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
};

import type { MonitorSettings } from '@millwright/contract';

/** Settings with every default filled in. */
export type Settings = Required<MonitorSettings>;

export const defaultSettings: Settings = {
  windowRows: 500,
  falseDiscoveryRate: 0.05,
  minEffect: 0.1,
  persistWindows: 2,
  ofWindows: 3,
  lossTolerance: 0.02,
  performanceAlpha: 0.01,
  minLabelCoverage: 0.6,
  ignoreColumns: [],
};

export const completeSettings = (settings: MonitorSettings): Settings => ({ ...defaultSettings, ...settings });

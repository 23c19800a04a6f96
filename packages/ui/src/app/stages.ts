import type { LucideIcon } from 'lucide-react';
import {
  Activity,
  BookOpen,
  Database,
  FlaskConical,
  Gauge,
  LayoutDashboard,
  Package,
  Radio,
  SquareTerminal,
  ServerCog,
  ShieldCheck,
  Workflow,
} from 'lucide-react';

export interface Stage {
  /** The folder below screens/, the first part of the address, and the tag of the operations. */
  id: string;
  label: string;
  icon: LucideIcon;
  group: 'life-cycle' | 'instance';
}

/** The life cycle in order, then what belongs to the instance. */
export const stages: readonly Stage[] = [
  { id: 'overview', label: 'Overview', icon: LayoutDashboard, group: 'life-cycle' },
  { id: 'data', label: 'Data', icon: Database, group: 'life-cycle' },
  { id: 'experiments', label: 'Experiments', icon: FlaskConical, group: 'life-cycle' },
  { id: 'pipelines', label: 'Pipelines', icon: Workflow, group: 'life-cycle' },
  { id: 'evaluation', label: 'Evaluation', icon: Gauge, group: 'life-cycle' },
  { id: 'registry', label: 'Registry', icon: Package, group: 'life-cycle' },
  { id: 'analysis', label: 'SQL', icon: SquareTerminal, group: 'life-cycle' },
  { id: 'serving', label: 'Serving', icon: Radio, group: 'life-cycle' },
  { id: 'monitoring', label: 'Monitoring', icon: Activity, group: 'life-cycle' },
  { id: 'governance', label: 'Governance', icon: ShieldCheck, group: 'instance' },
  { id: 'system', label: 'System', icon: ServerCog, group: 'instance' },
  { id: 'api', label: 'API reference', icon: BookOpen, group: 'instance' },
];

import type { LucideIcon } from 'lucide-react';
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleX,
  Clock,
  Eye,
  Hourglass,
  LoaderCircle,
  OctagonX,
  RotateCcw,
  SkipForward,
} from 'lucide-react';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'idle';
export interface StatusLook {
  tone: Tone;
  icon: LucideIcon;
  word: string;
}

const look = (tone: Tone, icon: LucideIcon, word: string): StatusLook => ({ tone, icon, word });
/** Every state of the contract with the icon, the word and the tone it has everywhere. */
const looks: Record<string, StatusLook> = {
  ok: look('good', CircleCheck, 'Healthy'),
  warning: look('warn', CircleAlert, 'Warning'),
  failing: look('bad', CircleX, 'Failing'),
  failed: look('bad', CircleX, 'Failed'),
  empty: look('idle', CircleDashed, 'Empty'),
  'no-data': look('idle', CircleDashed, 'No data'),
  running: look('info', LoaderCircle, 'Running'),
  finished: look('good', CircleCheck, 'Finished'),
  killed: look('idle', Ban, 'Killed'),
  queued: look('idle', Clock, 'Queued'),
  done: look('good', CircleCheck, 'Done'),
  delivered: look('good', CircleCheck, 'Delivered'),
  dead: look('bad', OctagonX, 'Dead'),
  pending: look('idle', CircleDashed, 'Pending'),
  waiting: look('info', Hourglass, 'Waiting'),
  succeeded: look('good', CircleCheck, 'Succeeded'),
  stopped: look('warn', CirclePause, 'Stopped'),
  skipped: look('idle', SkipForward, 'Skipped'),
  cancelled: look('idle', Ban, 'Cancelled'),
  approved: look('good', CircleCheck, 'Approved'),
  rejected: look('bad', CircleX, 'Rejected'),
  green: look('good', CircleCheck, 'Green'),
  red: look('bad', CircleX, 'Red'),
  none: look('idle', CircleDashed, 'No gate'),
  loading: look('info', LoaderCircle, 'Loading'),
  ready: look('good', CircleCheck, 'Ready'),
  paused: look('warn', CirclePause, 'Paused'),
  promoted: look('good', CircleCheck, 'Promoted'),
  'rolled-back': look('bad', RotateCcw, 'Rolled back'),
  aborted: look('idle', Ban, 'Aborted'),
  open: look('bad', CircleAlert, 'Open'),
  acknowledged: look('warn', Eye, 'Acknowledged'),
  resolved: look('good', CircleCheck, 'Resolved'),
  active: look('good', CircleCheck, 'Active'),
  disabled: look('idle', Ban, 'Disabled'),
  enabled: look('good', CircleCheck, 'Enabled'),
  expired: look('idle', Clock, 'Expired'),
  withdrawn: look('idle', Ban, 'Withdrawn'),
  void: look('warn', RotateCcw, 'Void: it changed'),
  revoked: look('idle', Ban, 'Revoked'),
  intact: look('good', CircleCheck, 'Intact'),
  broken: look('bad', OctagonX, 'Broken'),
  passed: look('good', CircleCheck, 'Passed'),
  'waiting-for-labels': look('info', Hourglass, 'Waiting for labels'),
  judged: look('good', CircleCheck, 'Judged'),
  error: look('bad', CircleX, 'Error'),
  started: look('good', CircleCheck, 'Started'),
  'cooling-down': look('idle', Hourglass, 'Cooling down'),
  'already-running': look('idle', LoaderCircle, 'Already running'),
  ticket: look('warn', CircleAlert, 'Ticket'),
  page: look('bad', CircleAlert, 'Page'),
  drifted: look('warn', CircleAlert, 'Drifted'),
  confirmed: look('bad', CircleAlert, 'Confirmed'),
};

/** A state nobody has drawn yet still shows its own word. */
export const statusLook = (state: string): StatusLook =>
  looks[state] ?? look('idle', CircleDot, state.charAt(0).toUpperCase() + state.slice(1).replaceAll('-', ' '));

const rank: Record<Tone, number> = { idle: 0, good: 1, info: 2, warn: 3, bad: 4 };
/** The health of a whole is the worst of its parts. */
export const worstOf = (states: readonly string[]): string | null =>
  states.reduce<string | null>(
    (worst, state) => (worst === null || rank[statusLook(state).tone] > rank[statusLook(worst).tone] ? state : worst),
    null,
  );

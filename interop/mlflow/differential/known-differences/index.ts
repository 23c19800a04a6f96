import { files } from './files.ts';
import type { KnownDifference } from './known-difference.ts';
import { messages } from './messages.ts';
import { requests } from './requests.ts';
import { searches } from './searches.ts';

export type { KnownDifference } from './known-difference.ts';

/** Everything in which this server means to differ from MLflow. What is not in here is a defect. */
export const knownDifferences: readonly KnownDifference[] = [...requests, ...searches, ...files, ...messages];

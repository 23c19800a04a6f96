import type { Model } from '@millwright/contract';

export const approvalWords: Record<Model['approval'], string> = {
  automatic: 'Automatic: a green gate approves',
  manual: 'By hand: somebody other than the requester approves',
  none: 'None: a version is approved as it arrives, in the name of who registered it',
};

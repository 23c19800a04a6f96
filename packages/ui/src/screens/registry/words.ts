import type { ApprovalRequest, ApprovalRule, Model, ModelStage } from '@millwright/contract';

export const approvalWords: Record<Model['approval'], string> = {
  automatic: 'Automatic: a green gate approves',
  manual: 'By hand: somebody other than the requester approves',
  none: 'None: a version is approved as it arrives, in the name of who registered it',
};

const stages: readonly ModelStage[] = ['None', 'Staging', 'Production', 'Archived'];
export const stageChoices = stages.map((value) => ({ value, label: value }));

/** What a request asks for. */
export const wishOf = ({ alias, stage }: Pick<ApprovalRequest, 'alias' | 'stage'>): string =>
  alias ? `Alias ${alias}` : stage ? `Stage ${stage}` : 'Approval';

/** The same within a sentence. */
export const wishText = ({ alias, stage }: Pick<ApprovalRequest, 'alias' | 'stage'>): string =>
  alias ? `the alias ${alias}` : stage ? `the stage ${stage}` : 'approval';

export const ruleWords = ({ role, count }: ApprovalRule): string =>
  `${count} ${count === 1 ? 'person' : 'people'} ${role === null ? 'who may approve' : `with the role ${role}`}`;

/** An open request is no problem: it waits. */
export const requestLook = (state: ApprovalRequest['state']): string => (state === 'open' ? 'waiting' : state);

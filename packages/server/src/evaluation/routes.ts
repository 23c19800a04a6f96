import { getEvaluation, listEvaluations } from '@millwright/contract';
import type { Api } from '#platform/http';
import type { EvaluationService } from './service.ts';

export const routes = (api: Api, evaluation: EvaluationService): void => {
  api.serve(listEvaluations, ({ query }, ctx) => evaluation.listEvaluations(ctx, query));
  api.serve(getEvaluation, ({ params }, ctx) => evaluation.getEvaluation(ctx, params.evaluation));
};

import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createEvaluation, type EvaluationDeps, type EvaluationService } from './service.ts';

export type {
  Champion,
  ChampionResolver,
  EvaluateRequest,
  EvaluationDeps,
  EvaluationService,
} from './service.ts';

export { metricsFor } from './metrics.ts';
export type { Predicted, Truth } from './truth.ts';

/** Models judged on rows they have not seen: metrics, baselines, and gates whose thresholds were fixed beforehand. */
export const evaluation = defineModule<EvaluationDeps, EvaluationService>({
  name: 'evaluation',
  create: (platform, deps) => {
    platform.contents.declare({ table: 'evaluations', column: 'model_digest' });
    return createEvaluation(platform, deps);
  },
  routes,
});

export type {
  Champion,
  ChampionResolver,
  EvaluateRequest,
  EvaluationDeps,
  EvaluationService,
} from './service.ts';

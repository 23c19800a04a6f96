import type { ScreenDefinition } from './screen.ts';

/** What the file `routes.ts` of a stage exports. */
export interface StageRoutes {
  screens: readonly ScreenDefinition[];
}
const stages = import.meta.glob<StageRoutes>('../screens/*/routes.ts', { eager: true });

/** Every screen of every stage. A new stage is found by its folder; no list is to be kept. */
export const screens: readonly ScreenDefinition[] = Object.values(stages).flatMap((stage) => stage.screens);

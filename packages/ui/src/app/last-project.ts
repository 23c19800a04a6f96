import { stored } from './stored.ts';

export const lastProject = stored('millwright.project');

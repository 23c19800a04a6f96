import { Type } from 'typebox';
import { Id, ProjectName, Ref } from '../fields.ts';

/** What the operations of experiments and runs have in common. */
export const tag = 'experiments';

/** Of a metric, a parameter or a tag. */
export const RunKey = Type.String({ minLength: 1, maxLength: 250, pattern: '^[^\\u0000-\\u001f\\u007f]+$' });

export const project = { project: ProjectName };

export const experiment = Type.Object({ ...project, experiment: Ref });

export const run = Type.Object({ ...project, run: Id });

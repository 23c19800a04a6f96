import { Type } from 'typebox';
import { Id, ProjectName } from '../fields.ts';

/** What the operations of reports have in common. */
export const tag = 'reports';

export const project = { project: ProjectName };

export const report = Type.Object({ ...project, report: Id });

export const copy = Type.Object({ ...project, report: Id, copy: Id });

export * from './principals.ts';
export * from './session.ts';
export * from './tokens.ts';
export * from './grants.ts';
export * from './teams.ts';
export * from './projects.ts';
export * from './audit.ts';

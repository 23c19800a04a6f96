export * from './blocks.ts';
export * from './reports.ts';
export * from './panels.ts';
export * from './copies.ts';
export * from './share-links.ts';

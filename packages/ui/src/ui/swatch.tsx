import { colourOf } from '../charts/prepare/colours.ts';

/** The square of an entity's colour, beside its name. */
export const Swatch = ({ entity }: { entity: string }) => (
  <svg aria-hidden width="9" height="9" className="shrink-0">
    <rect width="9" height="9" rx="2" fill={colourOf(entity)} />
  </svg>
);

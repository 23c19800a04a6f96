import { formatPercent } from '../../ui/format.ts';
import { type Described, listed } from './chart.ts';
import { colourOf } from './colours.ts';

export interface SharePart {
  entity: string;
  label: string;
  share: number;
}
export interface PreparedShares extends Described {
  parts: { label: string; colour: string; from: number; to: number; text: string }[];
}

/** Parts of a whole side by side, e.g. the traffic of an endpoint. */
export const prepareShares = (input: readonly SharePart[], what: string): PreparedShares => {
  let from = 0;
  const parts = input.map(({ entity, label, share }) => {
    const part = { label, colour: colourOf(entity), from, to: from + share, text: formatPercent(share) };
    from += share;
    return part;
  });
  return {
    parts,
    note: null,
    sentence: `${what}: ${listed(parts.map((part) => `${part.text} to ${part.label}`))}.`,
    table: { head: ['Variant', 'Share'], rows: parts.map((part) => [part.label, part.text]) },
  };
};

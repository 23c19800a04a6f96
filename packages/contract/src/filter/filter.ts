/** `~` is "contains", without regard to case. */
export type FilterOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | 'like' | 'ilike' | 'rlike';
export type FilterValue = string | number | boolean;

/** Where a comparison stands in the text it was read from (characters, counted from 0); absent in filters made by hand. */
export interface FilterPlace {
  /** The first character of the key. */
  at?: number;
  /** The first character of the (first) value. */
  valueAt?: number;
}

/**
 * `path` is the key split at its dots: `tags.team` is `['tags', 'team']`. `negated`: something is there, and it is none
 * of the values (a `not` around the part holds for rows without the key, too).
 */
export type Filter =
  | { kind: 'and' | 'or'; parts: Filter[] }
  | { kind: 'not'; part: Filter }
  | ({ kind: 'compare'; path: string[]; operator: FilterOperator; value: FilterValue } & FilterPlace)
  | ({ kind: 'in'; path: string[]; values: FilterValue[]; negated?: true } & FilterPlace)
  | ({ kind: 'null'; path: string[] } & FilterPlace);

/** What is wrong, and at which character of the text (counted from 0). */
export interface FilterProblem {
  message: string;
  position: number;
}
/** `filter` is null for an empty text: everything matches. */
export type FilterResult = { filter: Filter | null } | { problem: FilterProblem };

/** Thrown by readers of filters; `parseFilter` turns it into a problem. */
export class UnreadableFilter extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/**
 * The one grammar of filters, e.g. `metrics.auc > 0.9 and (tags.team like "risk%" or startedAt > now() - 7d)`.
 *
 *   filter     = and { "or" and }
 *   and        = not { "and" not }
 *   not        = "not" not | "(" filter ")" | comparison
 *   comparison = key ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" ) value
 *              | key [ "not" ] ( "like" | "ilike" | "rlike" ) text
 *              | key [ "not" ] "between" value "and" value
 *              | key [ "not" ] "in" "(" value { "," value } ")"
 *              | key "is" [ "not" ] "null"
 *   key        = part { "." part };  part = word (letters, digits, _ - /) | "`" anything "`" | after a dot "\"" anything "\""
 *   value      = number | text | true | false | instant
 *   text       = "text" | 'text'      (a doubled quote stands for one quote)
 *   instant    = ( "now" | "today" ) "(" ")" { ( "+" | "-" ) digits ( "s" | "m" | "h" | "d" | "w" ) }
 *
 * Meaning, the same in the browser and in the database: a comparison with something missing is false (also `!=`), and
 * `not` turns false into true, also where it stands before an operator: `key not like "a%"` is `not (key like "a%")`.
 * Against a number, stored text is read as a number; against text, a stored instant is compared with the ISO date the
 * text spells (UTC where it names no zone). Text is ordered by code point. `~` is "contains"; it and `ilike` take letters
 * in either case. In `like`, `%` is any run of characters and `_` any one. `rlike` finds a regular expression somewhere
 * in the text (`readRegex` says which).
 */
export { evaluateFilter, matchesPattern, readPath } from './evaluate.ts';
export type { Filter, FilterOperator, FilterPlace, FilterProblem, FilterResult, FilterValue } from './filter.ts';
export { UnreadableFilter } from './filter.ts';
export { readInstant } from './instant.ts';
export { containsParts, likeParts, matchesParts, type PatternPart } from './like.ts';
export { filterOf, parseFilter, patternOf } from './parser.ts';
export { compileRegex, type FilterRegex } from './regex.ts';
export {
  type ComparisonSyntax,
  type FilterDialect,
  type KeySyntax,
  type OrderSyntax,
  readFilter,
  readOrder,
  type ValueSyntax,
} from './syntax.ts';

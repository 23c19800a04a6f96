import type { Column } from './column.ts';

/** Where and why a table was refused. */
export interface TableProblem {
  /** CSV: line of the file, from 1, at which the record begins. Parquet: number of the row, from 1. Null: the whole file. */
  line: number | null;
  column: string | null;
  /** The offending value as text, cut after 100 characters. */
  value: string | null;
  message: string;
}

export type Ingestion =
  | { ok: true; columns: Column[]; rowCount: number }
  | { ok: false; problems: TableProblem[]; problemCount: number };

/** `problems` holds the first 20; `problemCount` counts all that were found. */
export class ProblemList {
  readonly problems: TableProblem[] = [];
  count = 0;

  add(problem: TableProblem): void {
    this.count++;
    if (this.problems.length < problemLimit) {
      this.problems.push({ ...problem, value: problem.value === null ? null : excerpt(problem.value) });
    }
  }

  refusal(): Ingestion {
    return { ok: false, problems: this.problems, problemCount: this.count };
  }
}

export const problemLimit = 20;

export function refusedFile(message: string): Ingestion {
  const problems = new ProblemList();
  problems.add({ line: null, column: null, value: null, message });
  return problems.refusal();
}

export function excerpt(value: string): string {
  return value.length > 100 ? `${value.slice(0, 100)}…` : value;
}

/** Compares the columns found with those the data set has. Their order in the file does not matter. */
export function checkColumnNames(
  found: readonly string[],
  expected: readonly Column[],
  line: number | null,
): ProblemList {
  const problems = new ProblemList();
  const names = new Set(found);
  for (const { name } of expected) {
    if (!names.has(name)) problems.add({ line, column: name, value: null, message: `The column ${name} is missing` });
  }
  const wanted = new Set(expected.map((column) => column.name));
  for (const name of found) {
    if (!wanted.has(name))
      problems.add({ line, column: name, value: null, message: `The column ${name} is not expected` });
  }
  return problems;
}

/** Column names of a file: each present, readable, and distinct even for those who ignore case, as SQL does. */
export function checkNames(names: readonly string[], line: number | null): ProblemList {
  const problems = new ProblemList();
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    const at = { line, column: excerpt(name), value: name };
    const earlier = seen.get(name.toLowerCase());
    if (name.trim() === '') problems.add({ ...at, message: `Column ${index + 1} has no name` });
    else if (name.length > 255)
      problems.add({ ...at, message: `The name of column ${index + 1} is over 255 characters` });
    else if (/[\u0000-\u001f\u007f]/.test(name)) {
      problems.add({ ...at, message: `The name of column ${index + 1} holds a control character` });
    } else if (earlier !== undefined) {
      problems.add({ ...at, message: `Columns ${earlier + 1} and ${index + 1} are both named ${name}` });
    }
    if (earlier === undefined) seen.set(name.toLowerCase(), index);
  });
  return problems;
}

import { MODULES, placeOf, WORKSPACES, type Place } from './places.ts';
import type { SourceFile } from './source-files.ts';

const LONGEST_FILE_LINES = 500;
const VAGUE_NAME = /(?:^|\/)(?:utils?|helpers?|common|misc|types)(?:\.[a-z.]+|(?=\/))/;

interface ContentRule {
  pattern: RegExp;
  problem: string;
  allowed: (place: Place) => boolean;
}

const isPlatform = ({ module }: Place): boolean => module === 'platform';
// The console, the client and the command line show times and name what they create; the server decides by its clock.
const hasOwnClock = (place: Place): boolean => isPlatform(place) || ['cli', 'ui', 'sdk', ''].includes(place.workspace);

const RULES: ContentRule[] = [
  {
    pattern:
      /\.(?:selectFrom|insertInto|replaceInto|updateTable|deleteFrom|mergeInto|selectNoFrom)\s*\(|\bsql\s*(?:<[^>]*>\s*)?(?:`|"\d+"|\.(?:raw|ref|table|lit|join)\b)/,
    problem: 'SQL only in store.ts, platform/db and (for DuckDB) platform/tables',
    allowed: (place) =>
      place.name === 'store.ts' ||
      (isPlatform(place) && ['db', 'tables'].includes(place.area)) ||
      place.workspace === '',
  },
  {
    pattern: /\bprocess\s*(?:\.|\[)\s*(?:env\b|"\d+")|[{,]\s*env\s*[,:}][^;]*=\s*process\b/,
    problem: 'process.env only in platform/config',
    allowed: (place) =>
      (isPlatform(place) && place.area === 'config') ||
      (place.workspace === 'cli' && place.name === 'environment.ts') ||
      place.workspace === '' ||
      /(?:\.mjs|\.config\.ts)$/.test(place.name),
  },
  {
    pattern: /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?![\w\s(]))|(?<!new\s)\bDate\s*\(\s*\)/,
    problem: 'the clock only in platform',
    allowed: hasOwnClock,
  },
  {
    pattern: /\bMath\s*\.\s*random\b|\brandomUUID\b|\bgetRandomValues\b/,
    problem: 'random numbers and ids only in platform',
    allowed: hasOwnClock,
  },
  {
    pattern: /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w+\s*\{/m,
    problem: 'enum cannot be stripped to JavaScript: use a union of literals',
    allowed: () => false,
  },
  {
    pattern: /^\s*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m,
    problem: 'a namespace cannot be stripped to JavaScript: use a module',
    allowed: () => false,
  },
];

const TESTS_KEEP = new Set(RULES.slice(-2));

/** What is wrong with a file's name, size and contents, one line each. */
export function contentViolations(file: SourceFile): string[] {
  const place = placeOf(file.path);
  const found: string[] = [];
  if (VAGUE_NAME.test(file.path)) found.push(`${file.path} has a name that says nothing`);
  if (file.lineCount > LONGEST_FILE_LINES)
    found.push(`${file.path} has ${file.lineCount} lines (at most ${LONGEST_FILE_LINES})`);
  if (place.workspace !== '' && WORKSPACES[place.workspace] === undefined)
    found.push(`${file.path} is in no known workspace`);
  if (place.module !== '' && !['platform', 'testing', ...MODULES].includes(place.module)) {
    found.push(`${file.path} is in no known module`);
  }
  for (const rule of RULES) {
    if (rule.allowed(place) || (file.isTest && !TESTS_KEEP.has(rule))) continue;
    const match = rule.pattern.exec(file.code);
    if (match) found.push(`${file.path}:${file.code.slice(0, match.index).split('\n').length} ${rule.problem}`);
  }
  return found;
}

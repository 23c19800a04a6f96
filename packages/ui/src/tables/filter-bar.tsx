import { parseFilter } from '@millwright/contract';
import clsx from 'clsx';
import { ListFilter, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { IconButton } from '../ui/button.tsx';
import { complete, wordAt } from './completion.ts';

export interface FilterBarProps {
  value: string;
  onChange: (filter: string) => void;
  /** Keys that may be compared, for completion. */
  keys: readonly string[];
  /** A filter that makes sense here, shown while there is none. */
  example: string;
  /** What it is called, where there are two. */
  label?: string;
  /** A problem the server found in a filter this page could read. */
  problem?: string | null;
}

/** One line of filter. It applies as soon as it can be read; until then the character that is wrong is shown. */
export const FilterBar = ({
  value,
  onChange,
  keys,
  example,
  label = 'Filter',
  problem: serverProblem = null,
}: FilterBarProps) => {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(-1);
  const applied = useRef(value);
  // Relative dates count from when the bar was opened.
  const [openedAt] = useState(() => Date.now());
  const result = parseFilter(text, openedAt);
  const problem = 'problem' in result ? result.problem : null;
  const suggestions = caret === null ? [] : complete(text, caret, keys);

  useEffect(() => {
    if (value === applied.current) return;
    applied.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (problem || text === applied.current) return;
    const timer = setTimeout(() => {
      applied.current = text;
      onChange(text);
    }, 250);
    return () => clearTimeout(timer);
  }, [text, problem, onChange]);

  const take = (suggestion: string) => {
    const [start, end] = wordAt(text, caret ?? text.length);
    const next = `${text.slice(0, start)}${suggestion} ${text.slice(end).trimStart()}`;
    setText(next);
    setChosen(-1);
    setCaret(null);
    const at = start + suggestion.length + 1;
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  const onKey = (event: KeyboardEvent) => {
    const count = suggestions.length;
    if (event.key === 'ArrowDown' && count > 0) setChosen((chosen + 1) % count);
    else if (event.key === 'ArrowUp' && count > 0) setChosen((chosen - 1 + count) % count);
    else if ((event.key === 'Enter' || event.key === 'Tab') && suggestions[chosen]) take(suggestions[chosen]);
    else if (event.key === 'Escape' && count > 0) setCaret(null);
    else return;
    event.preventDefault();
  };

  return (
    <div className="relative min-w-0 flex-1 basis-72">
      <div
        className={clsx(
          'flex min-h-8 items-center gap-2 rounded-md border bg-surface px-2 focus-within:outline-2 focus-within:outline-accent',
          problem ? 'border-bad' : 'border-line-strong',
        )}
      >
        <ListFilter aria-hidden size={14} className="shrink-0 text-faint" />
        <input
          ref={input}
          role="combobox"
          aria-label={label}
          aria-expanded={suggestions.length > 0}
          aria-controls={`${id}-keys`}
          aria-autocomplete="list"
          aria-activedescendant={suggestions[chosen] ? `${id}-${chosen}` : undefined}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem || serverProblem ? `${id}-problem` : undefined}
          value={text}
          spellCheck={false}
          autoComplete="off"
          placeholder={`${label}, e.g. ${example}`}
          onKeyDown={onKey}
          onBlur={() => setCaret(null)}
          onChange={(event) => {
            setText(event.target.value);
            setCaret(event.target.selectionStart);
            setChosen(-1);
          }}
          className="min-w-0 flex-1 bg-transparent font-mono text-xs outline-none placeholder:font-sans placeholder:text-faint"
        />
        {text ? (
          <IconButton
            label="Clear the filter"
            className="!size-6"
            icon={<X size={13} aria-hidden />}
            onClick={() => setText('')}
          />
        ) : null}
      </div>
      <ul
        id={`${id}-keys`}
        role="listbox"
        aria-label="Columns"
        className={clsx(
          'popup absolute top-9 left-0 z-30 max-h-64 min-w-56 overflow-y-auto p-1',
          suggestions.length === 0 && 'hidden',
        )}
      >
        {suggestions.map((suggestion, at) => (
          <li
            key={suggestion}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              take(suggestion);
            }}
            className={clsx(
              'flex min-h-6 cursor-pointer items-center rounded px-2 font-mono text-xs',
              at === chosen && 'bg-accent-soft',
            )}
          >
            {suggestion}
          </li>
        ))}
      </ul>
      {problem || serverProblem ? (
        <div id={`${id}-problem`} role="alert" className="mt-1 text-xs text-bad">
          {problem ? (
            <code className="mr-2 font-mono whitespace-pre-wrap text-muted">
              {text.slice(0, problem.position)}
              <mark className="rounded-sm bg-bad-soft text-bad underline decoration-wavy">
                {text.slice(problem.position, problem.position + 1) || ' '}
              </mark>
              {text.slice(problem.position + 1)}
            </code>
          ) : null}
          {problem ? `Character ${problem.position + 1}: ${problem.message}` : serverProblem}
        </div>
      ) : null}
    </div>
  );
};

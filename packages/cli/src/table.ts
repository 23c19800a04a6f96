const show = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
};

const isInstant = (key: string, value: unknown): value is number => typeof value === 'number' && /At$|^at$/.test(key);
const cell = (key: string, value: unknown): string =>
  isInstant(key, value) ? new Date(value).toISOString().slice(0, 19).replace('T', ' ') : show(value);

/** A list as a table of its plain columns, anything else line by line. For people; programs ask for --json. */
export const render = (reply: unknown, width = process.stdout.columns ?? 120): string => {
  if (typeof reply !== 'object' || reply === null) return `${show(reply)}\n`;
  const items = (reply as { items?: unknown }).items;
  if (!Array.isArray(items)) {
    const entries = Object.entries(reply);
    const longest = Math.max(0, ...entries.map(([key]) => key.length));
    return entries.map(([key, value]) => `${key.padEnd(longest)}  ${cell(key, value)}\n`).join('');
  }
  if (items.length === 0) return 'nothing here yet\n';
  const rows = items as Record<string, unknown>[];
  const columns = Object.keys(rows[0] ?? {}).filter((key) =>
    rows.every((row) => typeof row[key] !== 'object' || row[key] === null),
  );
  const widths = columns.map((key) =>
    Math.min(40, Math.max(key.length, ...rows.map((row) => cell(key, row[key]).length))),
  );
  const line = (cells: string[]) =>
    cells
      .map((text, index) => text.slice(0, widths[index]).padEnd(widths[index] ?? 0))
      .join('  ')
      .slice(0, width)
      .trimEnd();
  const more = (reply as { nextCursor?: string | null }).nextCursor;
  return `${[line(columns), ...rows.map((row) => line(columns.map((key) => cell(key, row[key]))))].join('\n')}\n${more ? `more: --cursor ${more}\n` : ''}`;
};

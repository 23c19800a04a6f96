import type { Clock } from '#platform/clock';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
const order: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40 };

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  child(fields: Record<string, unknown>): Log;
}

const secretKey = /pass(word|wd)?|secret|token|authorization|cookie|credential|api[-_]?key|access[-_]?key/i;
const secretText =
  /\b(mw_(?:pat|svc|ses)_)[A-Za-z0-9_-]{8,}|(\b[a-z]+:\/\/[^:/\s@]+:)[^@\s/]+(?=@)|(\b(?:Bearer|Basic) )[A-Za-z0-9._~+/=-]{8,}/g;

/** Takes secrets out of anything that is logged: by the name of the field, and by the form of the text. */
export const redact = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') {
    const cut = value.length > 4000 ? `${value.slice(0, 4000)}... (${value.length} characters)` : value;
    return cut.replace(secretText, (_all, a = '', b = '', c = '') => `${a}${b}${c}[redacted]`);
  }
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth > 5) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  const entries =
    value instanceof Map ? [...value].map(([key, inner]) => [String(key), inner] as const) : Object.entries(value);
  return Object.fromEntries(
    entries
      .slice(0, 200)
      .map(([key, inner]) => [key, secretKey.test(key) && inner != null ? '[redacted]' : redact(inner, depth + 1)]),
  );
};

const redactError = (error: Error, depth: number): unknown => ({
  name: error.name,
  message: redact(error.message),
  ...('code' in error ? { code: redact(String(error.code)) } : {}),
  stack: redact(error.stack ?? ''),
  ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
});

/** One JSON object per line on the given sink. */
export const createLog = (options: {
  level: LogLevel;
  clock: Clock;
  write: (line: string) => void;
  fields?: Record<string, unknown>;
}): Log => {
  const emit = (level: LogLevel, message: string, fields: Record<string, unknown> = {}) => {
    if (order[level] < order[options.level]) return;
    const entry = { time: new Date(options.clock.now()).toISOString(), level, message, ...options.fields, ...fields };
    options.write(`${JSON.stringify(redact(entry))}\n`);
  };
  return {
    debug: (message, fields) => emit('debug', message, fields),
    info: (message, fields) => emit('info', message, fields),
    warn: (message, fields) => emit('warn', message, fields),
    error: (message, fields) => emit('error', message, fields),
    child: (fields) => createLog({ ...options, fields: { ...options.fields, ...fields } }),
  };
};

import { join, resolve } from 'node:path';
import { UsageError, takeSwitch, takeText } from '../arguments.ts';
import { defaultServer, fromEnvironment } from '../environment.ts';

export interface SpoolSettings {
  /** Where it listens. */
  host: string;
  port: number;
  /** The server that is forwarded to, without a slash at its end; undefined: the one of last time. */
  to: string | undefined;
  /** Value of the authorization header on the way to the server. */
  authorization: string | undefined;
  dataDir: string;
  /** Most that may be on disk, requests and files together. */
  maxBytes: number;
}

const defaultPort = 5005;
const defaultMaxBytes = 10 * 1024 ** 3;
const loopback = /^(127(\.\d{1,3}){3}|localhost|::1)$/;

export const isLoopback = (host: string): boolean => loopback.test(host.replace(/^\[(.*)\]$/, '$1'));

const units: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `500m`, `20g`, or a number of bytes. */
const readSize = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)b?$/i.exec(text.trim());
  const bytes = match ? Number(match[1]) * (units[(match[2] ?? '').toLowerCase()] ?? 1) : Number.NaN;
  if (!Number.isSafeInteger(Math.floor(bytes)) || bytes <= 0)
    throw new UsageError(`'${text}' is no size; write 500m or 20g`);
  return Math.floor(bytes);
};

const authorizationFrom = (token: string | undefined): string | undefined => {
  if (token !== undefined) return `Bearer ${token}`;
  const name = fromEnvironment('MLFLOW_TRACKING_USERNAME');
  const password = fromEnvironment('MLFLOW_TRACKING_PASSWORD');
  return name === undefined
    ? undefined
    : `Basic ${Buffer.from(`${name}:${password ?? ''}`, 'utf8').toString('base64')}`;
};

const checkTarget = (to: string): string => {
  if (!URL.canParse(to) || !/^https?:$/.test(new URL(to).protocol))
    throw new UsageError(`--to needs the address of the server, as in ${defaultServer}`);
  return to.replace(/\/+$/, '');
};

/** Takes its flags; those left over are unknown. */
export const takeSettings = (flags: Record<string, string | boolean>): SpoolSettings => {
  const host = takeText(flags, '--host') ?? '127.0.0.1';
  const port = Number(takeText(flags, '--port') ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--port must be 0 to 65535');
  if (!takeSwitch(flags, '--allow-others') && !isLoopback(host))
    throw new UsageError(
      `on ${host} everybody who reaches it logs with the spool's token: say --allow-others if you mean that`,
    );
  const to = takeText(flags, '--to') ?? fromEnvironment('MILLWRIGHT_URL');
  return {
    host,
    port,
    to: to === undefined ? undefined : checkTarget(to),
    authorization: authorizationFrom(takeText(flags, '--token') ?? fromEnvironment('MLFLOW_TRACKING_TOKEN')),
    dataDir: resolve(takeText(flags, '--data-dir') ?? join('.millwright', 'spool')),
    maxBytes: readSize(takeText(flags, '--max-size') ?? String(defaultMaxBytes)),
  };
};

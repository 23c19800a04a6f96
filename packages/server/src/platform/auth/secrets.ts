import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer>;
// OWASP's setting for scrypt: 2^17 rounds, 128 MiB would be too much for a small server under load; 2^15 with p = 3 is its equal.
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64')}$${(await derive(password.normalize('NFKC'), salt, 32, cost)).toString('base64')}`;
};

const decoy = hashPassword(randomBytes(16).toString('hex'));

/** Takes the same time whether or not there is such an account. */
export const checkPassword = async (password: string, stored: string | null): Promise<boolean> => {
  const [, salt = '', expected = ''] = (stored ?? (await decoy)).split('$');
  const wanted = Buffer.from(expected, 'base64');
  const actual = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64'), wanted.length, cost);
  return timingSafeEqual(actual, wanted) && stored !== null;
};

/** Secrets of 256 random bits need no slow hash: nobody can try them all. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const newSecret = (prefix: 'mw_pat_' | 'mw_svc_' | 'mw_ses_'): string =>
  prefix + randomBytes(32).toString('base64url');

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { fail } from '#platform/errors';

/** Keeps secrets that must be used again, unlike passwords: encrypted in the database, readable with the key of this instance. */
export interface Vault {
  /** `about` binds the text to its place: it can be opened nowhere else. */
  seal(plain: string, about: string): string;
  /** Errors: CONFLICT when the key of the instance is another one now, or the text was changed. */
  open(sealed: string, about: string): string;
}

const algorithm = 'aes-256-gcm';

export const createVault = (instanceKey: string): Vault => {
  const key = Buffer.from(hkdfSync('sha256', instanceKey, '', 'millwright vault v1', 32));
  return {
    seal(plain, about) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(about));
      const content = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), content]).toString('base64url')}`;
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed.slice('v1.'.length), 'base64url');
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, 12), { authTagLength: 16 })
          .setAAD(Buffer.from(about))
          .setAuthTag(bytes.subarray(12, 28));
        return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
      } catch (error) {
        return fail(
          'CONFLICT',
          'A stored secret cannot be read: the instance secret is not the one it was stored with. Enter it again.',
          {},
          error,
        );
      }
    },
  };
};

import { expect, it } from 'vitest';
import { aClock } from '#platform/testing';
import { createSignatures } from './index.ts';

const clock = aClock();
const signatures = createSignatures('key of this instance', clock);

it('opens what it signed, for the same purpose, in time and unchanged only', () => {
  const signed = signatures.sign({ upload: 'upl_1', number: 7 }, 'part', clock.now() + 1000);
  expect(signatures.open(signed, 'part')).toEqual({ upload: 'upl_1', number: 7 });
  const refused = (text: string, about = 'part') =>
    expect(() => signatures.open(text, about), text).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
  refused(signed, 'file');
  const [payload = '', mac = ''] = signed.split('.');
  const other = Buffer.from(JSON.stringify({ upload: 'upl_2', number: 7, expiresAt: 9e15 })).toString('base64url');
  for (const text of ['', '.', mac, payload, `${payload}.`, `${other}.${mac}`, `${payload}.${mac}.`, `${payload}.AAAA`])
    refused(text);
  refused(createSignatures('another key', clock).sign({ upload: 'upl_1' }, 'part', clock.now() + 1000));
  clock.advance(1000);
  refused(signed);
});

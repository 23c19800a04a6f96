import { afterEach, expect, it } from 'vitest';
import { aMailServer, certificate, type MailServerOptions } from '../fixtures/a-mail-server.ts';
import { type Letter, sendLetter } from './smtp.ts';

let server: Awaited<ReturnType<typeof aMailServer>> | undefined;
afterEach(async () => {
  await server?.close();
});

const send = async (options: MailServerOptions, letter: Partial<Letter> = {}): Promise<string> => {
  server = await aMailServer(options);
  return sendLetter(
    {
      host: 'mail.example',
      address: '127.0.0.1',
      port: server.port,
      from: 'millwright@example.org',
      to: ['ada@example.org', 'bob@example.org'],
      user: null,
      password: null,
      subject: 'Lauf „größte“ endete',
      text: '.one line with a dot\nänd another',
      messageId: 'dlv_1',
      atMs: 0,
      allowPlain: true,
      timeoutMs: 2000,
      ...letter,
    },
    { ca: certificate },
  );
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

it('sends a letter to everybody it is for', async () => {
  expect(await send({})).toBe('250 queued as 42');
  expect(server?.commands.slice(0, 5)).toEqual([
    'EHLO millwright',
    'MAIL FROM:<millwright@example.org>',
    'RCPT TO:<ada@example.org>',
    'RCPT TO:<bob@example.org>',
    'DATA',
  ]);
  const [head = '', content = ''] = server?.letters[0]?.text.split('\n\n') ?? [];
  expect(head).toContain('Date: Thu, 01 Jan 1970 00:00:00 +0000\nMessage-ID: <dlv_1@example.org>');
  expect(head).toContain(`Subject: =?UTF-8?B?${base64('Lauf „größte“ endete')}?=`);
  expect(Buffer.from(content, 'base64').toString()).toBe('.one line with a dot\nänd another');
});

it('begins TLS where it is offered, and signs in only then', async () => {
  const offers = { offers: ['SIZE 1000', 'STARTTLS'], offersSecurely: ['AUTH LOGIN PLAIN'] };
  await send(offers, { user: 'mill', password: 'wright' });
  expect(server?.letters[0]?.isSecure).toBe(true);
  expect(server?.commands.slice(0, 4)).toEqual([
    'EHLO millwright',
    'STARTTLS',
    'tls EHLO millwright',
    `tls AUTH PLAIN ${base64('\0mill\0wright')}`,
  ]);
});

it('signs in by LOGIN where nothing else is offered', async () => {
  await send({ offers: ['STARTTLS'], offersSecurely: ['AUTH LOGIN'] }, { user: 'mill', password: 'wright' });
  expect(server?.commands.slice(3, 6)).toEqual(['tls AUTH LOGIN', `tls ${base64('mill')}`, `tls ${base64('wright')}`]);
});

it('never sends a password without TLS, nor a letter unless that is allowed', async () => {
  await expect(send({ offers: ['AUTH PLAIN'] }, { user: 'mill', password: 'wright' })).rejects.toThrow('no TLS');
  await server?.close();
  await expect(send({}, { allowPlain: false })).rejects.toThrow('no TLS');
  expect(server?.commands).toEqual(['EHLO millwright']);
});

it('believes nothing that was said before TLS began', async () => {
  const options = { offers: ['STARTTLS'], offersSecurely: [], injected: '250-mail.example\r\n250 AUTH PLAIN\r\n' };
  await expect(send(options, { user: 'mill', password: 'wright' })).rejects.toThrow();
  expect(server?.commands.filter((command) => command.includes('AUTH'))).toEqual([]);
});

it('refuses a certificate of another host', async () => {
  await expect(send({ offers: ['STARTTLS'] }, { host: 'other.example' })).rejects.toThrow(/altnames|other\.example/);
});

it('says what the server refuses', async () => {
  await expect(send({ refuses: { RCPT: '550 no such person' } })).rejects.toMatchObject({
    status: 550,
    message: 'the mail server refuses the recipient ada@example.org: 550 no such person',
  });
  await server?.close();
  await expect(send({ refuses: { DATA: 'HTTP/1.1 400 Bad Request' } })).rejects.toThrow('speaks no SMTP');
});

it('gives up on a server that says nothing', async () => {
  await expect(send({ refuses: { MAIL: '250-and' } }, { timeoutMs: 300 })).rejects.toThrow('no answer within 0.3 s');
});

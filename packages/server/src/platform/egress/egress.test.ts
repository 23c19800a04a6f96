import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress, readAllowed } from './addresses.ts';
import { createEgress, type Resolve } from './index.ts';

const resolvesTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const egress = (resolve: Resolve = resolvesTo('1.1.1.1'), more: { allow?: string; allowInsecure?: boolean } = {}) =>
  createEgress({ allow: '', allowInsecure: false, resolve, ...more });

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::1.1.1.1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    '',
    'host',
    '1.2.3',
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00::1',
  ])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

  it('may be allowed by host, address or range', () => {
    const { allowed, unreadable } = readAllowed(
      'hooks.internal, 10.1.0.0/16,192.168.7.7 , fd00::/8, , 10.0.0.0/33, a b, 1.2.3',
    );
    expect(unreadable).toEqual(['10.0.0.0/33', 'a b', '1.2.3']);
    expect([allowed.hasHost('hooks.internal'), allowed.hasHost('internal')]).toEqual([true, false]);
    expect(['10.1.9.9', '192.168.7.7', 'fd12::1'].map(allowed.hasAddress)).toEqual([true, true, true]);
    expect(['10.2.0.1', '192.168.7.8', 'fe80::1', 'x'].map(allowed.hasAddress)).toEqual([false, false, false, false]);
    expect(() => egress(resolvesTo(), { allow: '10.0.0.0/40' })).toThrow('--egress-allow');
  });
});

describe('a destination', () => {
  it.each([
    'https://127.0.0.1/x',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.0.0.1./',
    'https://127.0.0.1:8443/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::]/',
    'https://[::ffff:7f00:1]/',
    'https://[0:0:0:0:0:ffff:a9fe:a9fe]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://0/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://１２７.0.0.1/',
    'HTTPS://127.0.0.1/',
    'https:127.0.0.1',
    'https:\\\\127.0.0.1\\x',
    'https://1.1.1.1\\@127.0.0.1/x/../..//127.0.0.1',
  ])('%s is refused or is a public host', async (url) => {
    const { hostname } = new URL(url);
    const checked = egress().check(url);
    if (hostname === '1.1.1.1') await checked;
    else await expect(checked).rejects.toThrow('public internet');
  });

  it.each([
    ['http://1.1.1.1/', 'https://'],
    ['ftp://1.1.1.1/', 'https://'],
    ['file:///etc/passwd', 'https://'],
    ['gopher://1.1.1.1/', 'https://'],
    ['//1.1.1.1/', 'https://'],
    ['1.1.1.1', 'https://'],
    ['', 'https://'],
    [' https://1.1.1.1/', 'https://'],
    ['https://', 'host name'],
    ['https:///', 'host name'],
    ['https://a b/', 'host name'],
    ['https://256.1.1.1/', 'host name'],
    ['https://user@1.1.1.1/', 'no user'],
    ['https://user:secret@1.1.1.1/', 'no user'],
    ['https://1.1.1.1@127.0.0.1/', 'no user'],
  ])('%s is refused', (url, why) => expect(egress().check(url)).rejects.toThrow(why));

  it('is refused when any of the addresses of its name is not public', async () => {
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '10.0.0.1'], ['2606:4700::1111', '::ffff:10.0.0.1']])
      await expect(egress(resolvesTo(...addresses)).check('https://hook.example/')).rejects.toThrow('public internet');
    await expect(egress(resolvesTo()).check('https://hook.example/')).rejects.toThrow('no address');
    await egress(resolvesTo('1.1.1.1', '2606:4700::1111')).check('https://hook.example/');
  });

  it('is resolved without its trailing dot, and allowed by that name', async () => {
    const asked: string[] = [];
    const resolve: Resolve = async (host) => {
      asked.push(host);
      return [{ address: '10.0.0.1', family: 4 }];
    };
    await egress(resolve, { allow: 'hooks.internal' }).check('https://HOOKS.internal./x');
    await expect(egress(resolve, { allow: 'hooks.internal' }).check('https://other.internal/')).rejects.toThrow();
    expect(asked).toEqual(['hooks.internal', 'other.internal']);
  });
});

describe('a request', () => {
  let server: Server;
  let port = 0;
  const seen: { url: string; host: string; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, reply) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({ url: request.url ?? '', host: request.headers.host ?? '', body: Buffer.concat(chunks).toString() });
        if (request.url === '/silent') return;
        if (request.url === '/elsewhere')
          reply.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end('moved');
        else if (request.url === '/endless') {
          const more = (): void => void (reply.writable && reply.write('x'.repeat(64_000), () => setImmediate(more)));
          more();
        } else reply.writeHead(200, { 'content-type': 'text/plain' }).end('thank you');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const send = (path: string, out = egress(resolvesTo('127.0.0.1'), { allow: '127.0.0.1', allowInsecure: true })) =>
    out.send({
      url: `http://hook.example:${port}${path}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":"ü"}',
      timeoutMs: 1000,
      maxReplyBytes: 100,
    });

  it('carries its body, and names the host it was meant for', async () => {
    expect(await send('/hook')).toMatchObject({ status: 200, body: 'thank you' });
    expect(seen.at(-1)).toEqual({ url: '/hook', host: `hook.example:${port}`, body: '{"a":"ü"}' });
  });

  it('goes to the address that was checked, though the name points elsewhere by then', async () => {
    let asked = 0;
    const rebinding: Resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.255.255.1', family: 4 }];
    const out = egress(rebinding, { allow: '127.0.0.1', allowInsecure: true });
    expect((await send('/rebound', out)).status).toBe(200);
    expect(asked).toBe(1);
    await expect(send('/rebound', out)).rejects.toThrow('public internet');
  });

  it('does not reach a name that was public when it was checked, and is this machine now', async () => {
    let asked = 0;
    const out = egress(async () => [{ address: asked++ === 0 ? '1.1.1.1' : '127.0.0.1', family: 4 }], {
      allowInsecure: true,
    });
    await out.check(`http://hook.example:${port}/later`);
    await expect(send('/later', out)).rejects.toThrow('public internet');
    expect(seen.map(({ url }) => url)).not.toContain('/later');
  });

  it('never follows a redirect', async () => {
    expect(await send('/elsewhere')).toMatchObject({ status: 302, body: 'moved' });
    expect(seen.map(({ url }) => url)).not.toContain('/secret');
  });

  it('reads no more of the answer than it was told', async () => {
    expect((await send('/endless')).body).toBe('x'.repeat(100));
  });

  it('gives up when no answer comes, or no address', async () => {
    await expect(send('/silent')).rejects.toThrow('no answer within 1 s');
    const out = egress(() => new Promise(() => undefined), { allowInsecure: true });
    await expect(send('/hook', out)).rejects.toThrow('no answer within 1 s');
  });
});

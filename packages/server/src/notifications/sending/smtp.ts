import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface Letter {
  host: string;
  /** The checked address of the host: connected to, whatever its name says by now. */
  address: string;
  port: number;
  from: string;
  to: readonly string[];
  user: string | null;
  password: string | null;
  /** Of one line. */
  subject: string;
  text: string;
  messageId: string;
  atMs: number;
  /** Goes on without TLS where the server offers none; a password is never sent so. */
  allowPlain: boolean;
  timeoutMs: number;
}

export class SmtpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Reply {
  code: number;
  lines: string[];
}

const longestReplyBytes = 65_536;

/** One conversation: commands and their replies, those of several lines whole. */
class Session {
  readonly socket: Socket;
  private text = '';
  private heard: (() => void) | null = null;
  private hasEnded = false;
  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', this.hear).on('end', this.end).on('close', this.end);
  }

  private readonly hear = (chunk: Buffer): void => {
    this.text += chunk.toString('utf8');
    if (this.text.length > longestReplyBytes) this.socket.destroy(new SmtpError(0, 'the mail server never stops'));
    this.heard?.();
  };
  private readonly end = (): void => {
    this.hasEnded = true;
    this.heard?.();
  };

  /** What was said before TLS and not yet read is nobody's: a third party may have said it. */
  leave(): void {
    this.socket.off('data', this.hear).off('end', this.end).off('close', this.end);
  }

  async expect(code: number, doing: string): Promise<Reply> {
    let reply: RegExpExecArray | null;
    while ((reply = /^(?:\d{3}-.*\r?\n)*(\d{3})(?: .*)?\r?\n/.exec(this.text)) === null) {
      if (/^(?!\d{3}[ \r\n-]).*\r?\n/.test(this.text)) throw new SmtpError(0, 'the mail server speaks no SMTP');
      if (this.hasEnded) throw new SmtpError(0, `the mail server hung up (${doing})`);
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
    this.text = this.text.slice(reply[0].length);
    const lines = reply[0]
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.slice(4));
    const given = Number(reply[1]);
    if (Math.floor(given / 100) !== Math.floor(code / 100))
      throw new SmtpError(given, `the mail server refuses ${doing}: ${given} ${lines.join(' ').slice(0, 300)}`);
    return { code: given, lines };
  }

  ask(command: string, code: number, doing: string): Promise<Reply> {
    this.socket.write(`${command}\r\n`);
    return this.expect(code, doing);
  }
}

/** Header values outside of ASCII travel as RFC 2047 words of at most 75 characters. */
const headerWord = (value: string): string => {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const words: string[] = [];
  let word = '';
  for (const sign of value) {
    if (Buffer.byteLength(word + sign) > 42) {
      words.push(word);
      word = '';
    }
    word += sign;
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
};

export const messageOf = (letter: Letter): string =>
  [
    `From: ${letter.from}`,
    `To: ${letter.to.join(', ')}`,
    `Subject: ${headerWord(letter.subject.slice(0, 250))}`,
    `Date: ${new Date(letter.atMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${letter.messageId}@${letter.from.split('@')[1] ?? 'localhost'}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    'Auto-Submitted: auto-generated',
    '',
    // No line of base64 begins with a dot: nothing needs to be doubled.
    Buffer.from(letter.text)
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
  ].join('\r\n');

const signIn = async (session: Session, { lines }: Reply, user: string, password: string): Promise<void> => {
  const methods = lines.find((line) => /^AUTH[ =]/i.test(line))?.toUpperCase() ?? '';
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  if (/\bPLAIN\b/.test(methods)) {
    await session.ask(`AUTH PLAIN ${encoded(`\0${user}\0${password}`)}`, 235, 'the password');
  } else if (/\bLOGIN\b/.test(methods)) {
    await session.ask('AUTH LOGIN', 334, 'to sign in');
    await session.ask(encoded(user), 334, 'the user');
    await session.ask(encoded(password), 235, 'the password');
  } else throw new SmtpError(0, 'the mail server offers neither AUTH PLAIN nor AUTH LOGIN');
};

/** Sends one letter by the server at `address`: TLS at once on port 465, else STARTTLS. Errors: SmtpError. Answers the last line. */
export const sendLetter = async (letter: Letter, tls: { ca?: string } = {}): Promise<string> => {
  const { host, address, port, user, password } = letter;
  const secured = { servername: host, ...tls };
  let socket: Socket | TLSSocket =
    port === 465 ? connectTls({ host: address, port, ...secured }) : connectPlain({ host: address, port });
  const late = new SmtpError(0, `no answer within ${letter.timeoutMs / 1000} s`);
  let failed: (error: Error) => void = () => undefined;
  const failure = new Promise<never>((_resolve, reject) => {
    failed = reject;
  });
  const watch = (watched: Socket) => watched.on('error', failed);
  const timer = setTimeout(() => failed(late), letter.timeoutMs);
  const talk = async (): Promise<string> => {
    watch(socket);
    let session = new Session(socket);
    await session.expect(220, 'the connection');
    let hello = await session.ask('EHLO millwright', 250, 'the greeting');
    let isSecure = port === 465;
    if (!isSecure && hello.lines.some((line) => /^STARTTLS$/i.test(line.trim()))) {
      await session.ask('STARTTLS', 220, 'TLS');
      session.leave();
      const secure = connectTls({ socket, ...secured });
      watch(secure);
      await new Promise<void>((resolve) => secure.once('secureConnect', resolve));
      socket = secure;
      session = new Session(secure);
      hello = await session.ask('EHLO millwright', 250, 'the greeting');
      isSecure = true;
    }
    if (!isSecure && (password !== null || !letter.allowPlain)) throw new SmtpError(0, 'the mail server offers no TLS');
    if (user !== null) await signIn(session, hello, user, password ?? '');
    await session.ask(`MAIL FROM:<${letter.from}>`, 250, 'the sender');
    for (const to of letter.to) await session.ask(`RCPT TO:<${to}>`, 250, `the recipient ${to}`);
    await session.ask('DATA', 354, 'the letter');
    const { lines, code } = await session.ask(`${messageOf(letter)}\r\n.`, 250, 'the letter');
    socket.write('QUIT\r\n');
    return `${code} ${lines.join(' ')}`;
  };
  try {
    return await Promise.race([talk(), failure]);
  } finally {
    clearTimeout(timer);
    socket.on('error', () => undefined);
    socket.end();
    socket.destroySoon();
  }
};

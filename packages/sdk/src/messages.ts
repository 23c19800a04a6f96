/** One message of a stream of server-sent events. */
export interface Message {
  id?: string;
  type: string;
  data: string;
}

const messageOf = (block: string): Message | null => {
  const message: Message = { type: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0 || line === '') continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') message.type = value;
    else if (field === 'id' && !value.includes('\0')) message.id = value;
  }
  message.data = data.join('\n');
  return data.length === 0 && message.id === undefined ? null : message;
};

/** Splits a byte stream into messages by the rules of the HTML standard (blank line ends one, colon lines are comments). */
export async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let pending = '';
  let carriageReturn = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      let text = decoder.decode(value, { stream: true });
      if (carriageReturn && text.startsWith('\n')) text = text.slice(1);
      carriageReturn = text.endsWith('\r');
      pending += text.replace(/\r\n?/g, '\n');
      let end = pending.indexOf('\n\n');
      while (end >= 0) {
        const message = messageOf(pending.slice(0, end));
        if (message) yield message;
        pending = pending.slice(end + 2);
        end = pending.indexOf('\n\n');
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

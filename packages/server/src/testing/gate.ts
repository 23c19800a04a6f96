import { type Server, type Socket, connect, createServer } from 'node:net';

/** A door between a server and what it needs, which a test can shut: connections are cut and further ones refused. */
export interface Gate {
  port: number;
  /** The address with this door in place of the host it names. */
  through(url: string): string;
  shut(): Promise<void>;
  open(): Promise<void>;
}

export const aGate = async (target: string): Promise<Gate> => {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  };
  const server: Server = createServer((inner) => {
    const outer = connect(Number(port), hostname);
    track(inner);
    track(outer);
    inner.pipe(outer).pipe(inner);
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
  });
  const listen = (on: number) => new Promise<void>((resolve) => server.listen(on, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    through(url) {
      const moved = new URL(url);
      moved.hostname = '127.0.0.1';
      moved.port = String(address.port);
      return moved.href;
    },
    async shut() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: () => (server.listening ? Promise.resolve() : listen(address.port)),
  };
};

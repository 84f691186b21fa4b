// An address of each person's own. Kairo lets one network address sign in a few times a minute
// only, and everybody here is on one machine: but all of 127.0.0.0/8 is this machine.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import { type Socket, connect } from 'node:net';

/** A way into the network for one browser, which comes from an address that no other has. */
export interface Way {
  server: string;
  close(): Promise<void>;
}

/** An address that nobody else has. */
export function ownAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}

/** Opens a proxy that knows the tests' Kairo alone; the browser's TLS goes through it untouched. */
export async function openWay(): Promise<Way> {
  const localAddress = ownAddress();
  const port = Number(new URL(process.env.KAIRO_E2E_ORIGIN ?? '').port);
  const open = new Set<Socket>();
  const proxy = createServer((_, answer) => answer.writeHead(403).end());
  proxy.on('connect', ({ url }, near: Socket, head) => {
    if (url !== `localhost:${port}`) return near.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const far = connect({ host: '127.0.0.1', port, localAddress }, () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      far.write(head);
      near.pipe(far).pipe(near);
    });
    for (const [one, other] of [[near, far], [far, near]] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const bound = proxy.address();
  if (bound === null || typeof bound === 'string') throw new Error('no free port');
  return {
    server: `http://127.0.0.1:${bound.port}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => proxy.close(done));
    },
  };
}

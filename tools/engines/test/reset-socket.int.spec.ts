import { describe, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { resetSocket } from '../src/reset-socket.ts';

/** Both ends of a connection. */
async function withConnection(work: (near: Socket, far: Socket) => Promise<void>): Promise<void> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  try {
    await work(near, far);
  } finally {
    near.destroy();
    far.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a connection that is reset', () => {
  it('ends with an error at the other side', () =>
    withConnection(async (near, far) => {
      const failed = once(near, 'error');
      near.resume();
      resetSocket(far);
      expect(await failed).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    }));

  it('is gone as well when its own end is on its way', () =>
    withConnection(async (near, far) => {
      const errors: unknown[] = [];
      far.on('error', (error) => errors.push(error));
      const bothClosed = Promise.all([once(near, 'close'), once(far, 'close')]);
      near.resume();
      far.end();
      expect([far.writableEnded, far.writableFinished]).toEqual([true, false]);
      resetSocket(far);
      await bothClosed;
      expect(errors).toEqual([]);
    }));
});

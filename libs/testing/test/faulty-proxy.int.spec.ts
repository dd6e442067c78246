import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually, startFaultyProxy, type FaultyProxy } from '../src/index.ts';

describe('a faulty proxy', () => {
  let engine: Server;
  let proxy: FaultyProxy;
  const received: string[] = [];

  beforeEach(async () => {
    received.length = 0;
    // An engine that answers each piece by the same in capitals.
    engine = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        received.push(chunk.toString());
        socket.write(chunk.toString().toUpperCase());
      });
    }).listen(0, '127.0.0.1');
    await once(engine, 'listening');
    proxy = await startFaultyProxy((engine.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    engine.close();
  });

  const open = async (): Promise<{ socket: Socket; text: () => string; ended: () => boolean }> => {
    const socket = connect(proxy.port, '127.0.0.1');
    let text = '';
    let ended = false;
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (ended = true));
    await once(socket, 'connect');
    return { socket, text: () => text, ended: () => ended };
  };

  it('passes everything while open, and by its port stands for the engine', async () => {
    const client = await open();
    client.socket.write('a');
    await eventually(() => client.text() === 'A');
    expect(proxy.urlFor('esdb://127.0.0.1:1?tls=false')).toBe(`esdb://127.0.0.1:${proxy.port}?tls=false`);
    expect(proxy.urlFor('postgres://u:p@127.0.0.1:1/d')).toBe(`postgres://u:p@127.0.0.1:${proxy.port}/d`);
    client.socket.destroy();
  });

  it('refused: resets what was open and lets nobody in, until it is open again', async () => {
    const client = await open();
    await proxy.become('refused');
    await eventually(() => client.ended());
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.become('open');
    const later = await open();
    later.socket.write('b');
    await eventually(() => later.text() === 'B');
    later.socket.destroy();
  });

  it('stalled: holds back, and loses nothing', async () => {
    const before = await open();
    await proxy.become('stalled');
    const during = await open();
    before.socket.write('c');
    during.socket.write('d');
    await proxy.become('open');
    await eventually(() => before.text() === 'C' && during.text() === 'D');
    before.socket.destroy();
    during.socket.destroy();
  });

  it('deaf: the engine hears, nobody gets an answer, and who missed one is cut off', async () => {
    const client = await open();
    await proxy.become('deaf');
    client.socket.write('e');
    await eventually(() => received.includes('e'));
    await proxy.become('open');
    await eventually(() => client.ended());
    expect(client.text()).toBe('');
  });

  it('slow: answers come late and in order, also when it is open again', async () => {
    const client = await open();
    await proxy.become({ delayMs: 100 });
    const startedAt = performance.now();
    client.socket.write('f');
    await eventually(() => received.includes('f'));
    await proxy.become('open');
    client.socket.write('g');
    await eventually(() => client.text() === 'FG');
    expect(performance.now() - startedAt).toBeGreaterThan(95);
    client.socket.destroy();
  });
});

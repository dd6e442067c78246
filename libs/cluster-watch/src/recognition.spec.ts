import { ok } from '@mooring/kernel';
import { createRecognition, type Recognition } from './recognition.ts';

interface Server {
  status: number;
  asked: number;
  isClosing: boolean;
}

describe('whether the API server itself still knows us, asked after the 401 of a type', () => {
  let server: Server;
  let recognition: Recognition;
  beforeEach(() => {
    server = { status: 200, asked: 0, isClosing: false };
    recognition = createRecognition({
      session: {
        get isClosing() {
          return server.isClosing;
        },
        get() {
          server.asked += 1;
          return Promise.resolve(ok({ status: server.status, text: '' }));
        },
      },
      ...{ turn: () => Promise.resolve(), timeoutMs: 1000, signal: new AbortController().signal },
    });
  });
  const sentIn = (ms: number): Promise<boolean> => recognition.isGone(performance.now() + ms);

  it('is asked once for all that was sent until 5 s after it did', async () => {
    expect(await Promise.all([sentIn(0), sentIn(10)])).toEqual([false, false]);
    expect(await sentIn(4_000)).toBe(false);
    expect(server.asked).toBe(1);
  });

  it('is noticed after these 5 s when it does not any longer', async () => {
    expect(await sentIn(0)).toBe(false);
    server.status = 401;
    expect(await sentIn(5_100)).toBe(true);
  });

  it('is noticed at once where the server ends the connection', async () => {
    expect(await sentIn(0)).toBe(false);
    Object.assign(server, { status: 401, isClosing: true });
    expect(await sentIn(10)).toBe(true);
  });

  it('is asked anew where it was not said', async () => {
    server.status = 401;
    expect(await sentIn(0)).toBe(true);
    server.status = 200;
    expect(await sentIn(100)).toBe(false);
  });
});

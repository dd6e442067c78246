import { Failure } from '@mooring/kernel';
import { createPreparation } from './preparation.ts';

describe('what must be done before a service serves', () => {
  it('is tried until it is done, and tells each new reason to wait once', async () => {
    const told: string[] = [];
    const preparation = createPreparation(new AbortController().signal, (message) => told.push(message));
    const failures = ['away', 'away', 'refused'];
    void preparation.add(() => {
      const next = failures.shift();
      return next === undefined ? Promise.resolve() : Promise.reject(new Failure('unavailable', next));
    });
    await preparation.done();
    expect(told).toEqual(['away', 'refused']);
    expect(preparation.trouble).toBeUndefined();
  });

  it('ends with what is no matter of waiting, and at once when the service stops', async () => {
    const stopping = new AbortController();
    const preparation = createPreparation(stopping.signal, () => undefined);
    void preparation.add(() => Promise.reject(new Failure('unavailable', 'away')));
    stopping.abort();
    await preparation.done();
    void preparation.add(() => Promise.reject(new TypeError('a bug')));
    await preparation.done();
    const running = createPreparation(new AbortController().signal, () => undefined);
    void running.add(() => Promise.reject(new TypeError('a bug')));
    await expect(running.done()).rejects.toThrow('a bug');
  });
});

import { describe, expect, it } from '@jest/globals';
import { waitUntil } from './wait-until.ts';

const FOR_EVER_MS = 2 ** 30;

describe('waiting for a cluster', () => {
  const patience = (): void => undefined;

  it('ends with the first thing that is seen', async () => {
    const seen = [undefined, 'pods'];
    expect(await waitUntil('pods', { timeoutMs: FOR_EVER_MS, patience }, () => Promise.resolve(seen.shift()))).toBe(
      'pods',
    );
  });

  it('ends at once when patience does, with its reason', async () => {
    let looks = 0;
    const waiting = waitUntil(
      'pods',
      {
        timeoutMs: FOR_EVER_MS,
        patience() {
          if (looks > 1) throw new Error('kwok ended with 1');
        },
      },
      () => Promise.reject(new Error(`look ${(looks += 1)}`)),
    );
    await expect(waiting).rejects.toThrow('kwok ended with 1');
    expect(looks).toBe(2);
  });

  it('ends when the time is over, with what was wrong last', async () => {
    const waiting = waitUntil('ten pods', { timeoutMs: 1, patience }, () => Promise.reject(new Error('9 are')));
    await expect(waiting).rejects.toMatchObject({
      code: 'timeout',
      message: 'ten pods did not happen within 1 ms: 9 are',
    });
  });
});

import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('gives the first value that is not false, after any number of failures', async () => {
    let calls = 0;
    const value = await eventually(() => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return calls === 2 ? false : calls;
    });
    expect(value).toBe(3);
  });

  it('says the last error when the time is over', async () => {
    const never = eventually(() => Promise.reject(new Error('the cat is out')), { timeoutMs: 60 });
    await expect(never).rejects.toThrow('not so within 60 ms: the cat is out');
  });

  it('ends in time even when the condition hangs', async () => {
    const hanging = eventually(() => new Promise<number>(() => undefined), { timeoutMs: 60 });
    await expect(hanging).rejects.toThrow('not so within 60 ms');
  });
});

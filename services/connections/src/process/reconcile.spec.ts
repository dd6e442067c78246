import { reconcileForEver } from './reconcile.ts';

const HOUR_MS = 3_600_000;

/** Rounds that give what `answers` say, one after the other, then end. */
function withRounds(...answers: readonly (boolean | Error)[]) {
  const stop = new AbortController();
  const failures: string[] = [];
  const waiting: (() => void)[] = [];
  let rounds = 0;
  const reachedLast = Promise.withResolvers<undefined>();
  const running = reconcileForEver(
    {
      reconcile() {
        const answer = answers[rounds];
        rounds += 1;
        if (rounds === answers.length) reachedLast.resolve(undefined);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? true);
      },
    },
    {
      everyMs: HOUR_MS,
      signal: stop.signal,
      onFailure: (message) => failures.push(message),
      onReconnect(listener) {
        waiting.push(listener);
        return () => waiting.splice(waiting.indexOf(listener), 1);
      },
    },
  );
  return {
    failures,
    waiting,
    reachedLast: reachedLast.promise,
    end: async (): Promise<number> => {
      stop.abort();
      await running;
      return rounds;
    },
  };
}

describe('comparing credentials', () => {
  it('goes on soon while something is left to do, and when a round failed', async () => {
    const { failures, reachedLast, end } = withRounds(false, new Error('JetStream is away'), true);
    await reachedLast;
    expect(await end()).toBe(3);
    expect(failures).toEqual(['JetStream is away']);
  });

  it('goes on at once when JetStream is there again', async () => {
    const { waiting, reachedLast, end } = withRounds(true, true);
    await new Promise(setImmediate);
    waiting.forEach((wake) => wake());
    await reachedLast;
    expect(await end()).toBe(2);
    expect(waiting).toEqual([]);
  });
});

import { Failure } from '@mooring/kernel';
import { complaintOf, dependencyReadiness, type DependencyState } from './dependency.ts';

const since = new Date('2026-11-21T10:00:00.000Z');
const engine = (state: DependencyState) => ({ name: 'NATS', state: () => state });

describe('what is said of an engine', () => {
  it.each<readonly [DependencyState, string | undefined]>([
    [{ is: 'there', since }, undefined],
    [{ is: 'unknown', since }, 'NATS has not been reached yet'],
    [
      { is: 'missing', since, reason: 'connect ECONNREFUSED' },
      'NATS cannot be reached since 2026-11-21T10:00:00.000Z: connect ECONNREFUSED',
    ],
    [{ is: 'missing', since }, 'NATS cannot be reached since 2026-11-21T10:00:00.000Z'],
    [
      { is: 'denied', since, reason: new Failure('denied', 'wrong key\nat stack').message },
      "NATS refuses this service's credentials since 2026-11-21T10:00:00.000Z: wrong key",
    ],
  ])('%j is one sentence', async (state, sentence) => {
    expect(complaintOf(engine(state))).toBe(sentence);
    const readiness = await dependencyReadiness('bus', engine(state)).check();
    expect(readiness).toMatchObject({ ready: sentence === undefined, ...(sentence && { message: sentence }) });
  });
});

import { Failure } from '@mooring/kernel';
import { RETRY_POLICY, settle, type Outcome } from './settle.ts';

const failed = (thrown: unknown): Outcome => ({ kind: 'failed', thrown });
const going = (tries: number) => ({ tries, stopping: false });

describe('what becomes of a message', () => {
  it.each(['handled', 'not-wanted', 'unknown-type'] as const)('is acknowledged when %s', (kind) => {
    expect(settle({ kind }, going(1))).toEqual({ kind: 'ack' });
  });

  it('goes to the dead letters at once when it cannot be read', () => {
    expect(settle({ kind: 'unreadable', reason: 'not JSON' }, going(1))).toEqual({ kind: 'park', reason: 'not JSON' });
  });

  it('goes to the dead letters at once when a retry cannot help', () => {
    expect(settle(failed(new Failure('invalid', 'no such cluster')), going(1))).toEqual({
      kind: 'park',
      reason: 'invalid: no such cluster',
    });
  });

  it('is tried again, ever later, when a retry can help, and then parked', () => {
    const conflict = failed(new Failure('conflict', 'another writer'));
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tries) => settle(conflict, going(tries)));
    expect(delays).toEqual(
      [250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000].map((delayMs) => ({ kind: 'retry', delayMs })),
    );
    expect(settle(conflict, going(RETRY_POLICY.triesMax)).kind).toBe('park');
  });

  it.each(['unavailable', 'timeout', 'outcome-unknown', 'denied'] as const)(
    'survives an outage of what the handler needs (%s) far longer than other failures, and goes on soon after it',
    (code) => {
      const outage = failed(new Failure(code, 'no database'));
      expect(settle(outage, going(RETRY_POLICY.outageTriesMax - 1))).toEqual({ kind: 'retry', delayMs: 3_000 });
      expect(settle(outage, going(RETRY_POLICY.outageTriesMax)).kind).toBe('park');
      expect(RETRY_POLICY.outageTriesMax * RETRY_POLICY.outageDelayMaxMs).toBeGreaterThan(4 * 3_600_000);
    },
  );

  it('is tried a few times for a bug, then parked with its message', () => {
    const bug = failed(new TypeError('x is undefined'));
    expect(settle(bug, going(1)).kind).toBe('retry');
    expect(settle(bug, going(3))).toEqual({ kind: 'park', reason: 'bug: x is undefined' });
  });

  it('is given back, not parked, when it fails because the process stops', () => {
    expect(settle(failed(new Error('aborted')), { tries: 99, stopping: true })).toEqual({ kind: 'release' });
  });
});

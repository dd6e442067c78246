import { LOST_AFTER_MS, nextStatus, reopenDelayMs, type StreamSignal, type StreamStatus } from './stream-status.ts';

const after = (...signals: readonly StreamSignal[]): StreamStatus =>
  signals.reduce<StreamStatus>(nextStatus, { state: 'connecting' });
const opened: StreamSignal = { kind: 'opened' };
const broken = (nowMs: number, closed = false): StreamSignal => ({ kind: 'broken', closed, nowMs });
const tick = (nowMs: number): StreamSignal => ({ kind: 'tick', nowMs });

describe('the state of the event stream', () => {
  it('is live once it is open', () => {
    expect(after(opened)).toEqual({ state: 'live' });
  });

  it('is reconnecting while the browser tries, since the first break', () => {
    expect(after(opened, broken(1000), broken(3000))).toEqual({ state: 'reconnecting', sinceMs: 1000 });
  });

  it('is lost when trying takes too long', () => {
    expect(after(opened, broken(1000), tick(1000 + LOST_AFTER_MS - 1)).state).toBe('reconnecting');
    expect(after(opened, broken(1000), tick(1000 + LOST_AFTER_MS))).toEqual({ state: 'lost', sinceMs: 1000 });
  });

  it('is lost at once when the browser gives up, and stays so until it is open again', () => {
    const lost = after(opened, broken(1000, true), broken(2000));
    expect(lost).toEqual({ state: 'lost', sinceMs: 1000 });
    expect(nextStatus(lost, opened)).toEqual({ state: 'live' });
  });

  it('is not changed by time alone while it is live', () => {
    expect(after(opened, tick(1e9))).toEqual({ state: 'live' });
  });

  it('is tried anew after waits that grow up to half a minute', () => {
    expect([0, 1, 2, 5, 50].map(reopenDelayMs)).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  });
});

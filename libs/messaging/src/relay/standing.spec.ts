import { standingOf } from './standing.ts';
import type { Tail } from './tail.ts';

const tail = (lastSequence: number, relay: string, sequence = lastSequence): Tail => ({
  lastSequence,
  own: { sequence, relay, position: 1n, eventId: 'e' },
});

describe('how the stream stands to what a relay knew', () => {
  it.each([
    ['nothing was known', undefined, tail(9, 'other'), 'agreed'],
    ['nothing changed', { lastSequence: 9, relay: 'old' }, tail(9, 'old'), 'agreed'],
    ['its own went through unheard', { lastSequence: 9, relay: 'old' }, tail(12, 'me'), 'agreed'],
    ['the end is gone', { lastSequence: 9, relay: 'me' }, tail(7, 'old'), 'lost'],
    ['everything is gone', { lastSequence: 9, relay: 'me' }, { lastSequence: 0 }, 'lost'],
    ['the run before it goes on publishing', { lastSequence: 9, relay: 'old' }, tail(10, 'old'), 'another'],
    ['another run published', { lastSequence: 9, relay: 'me' }, tail(10, 'other'), 'another'],
    ['another run put its own in place of lost ones', { lastSequence: 9, relay: 'me' }, tail(9, 'other'), 'another'],
    ['something foreign was put at the end', { lastSequence: 9, relay: 'me' }, tail(10, 'me', 9), 'agreed'],
  ] as const)('%s', (_what, known, found, standing) => {
    expect(standingOf(known, found, 'me')).toBe(standing);
  });
});

import { resumePoint } from './event-stream.ts';

describe('where a live stream goes on', () => {
  it.each([
    ['nothing said', undefined, { kind: 'after', number: 7n }],
    ['nothing in it', '', { kind: 'after', number: 7n }],
    ['the beginning', '0', { kind: 'after', number: 0n }],
    ['one that was given out', '3', { kind: 'after', number: 3n }],
    ['the last one', '7', { kind: 'after', number: 7n }],
    ['one that was never given out', '8', { kind: 'reset' }],
    ['a number beyond every log', '9'.repeat(30), { kind: 'reset' }],
    ['no number', 'abc', { kind: 'reset' }],
    ['a negative one', '-1', { kind: 'reset' }],
    ['a fraction', '1.5', { kind: 'reset' }],
  ])('%s', (_name, lastEventId, expected) => {
    expect(resumePoint(lastEventId, 7n)).toEqual(expected);
  });
});

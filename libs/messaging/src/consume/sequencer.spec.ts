import fc from 'fast-check';
import { createSequencer } from './sequencer.ts';

describe('the sequencer', () => {
  it('holds what came too early until what is missing has come', () => {
    const sequencer = createSequencer<string>(5);
    sequencer.add(7, 'g');
    sequencer.add(5, 'e');
    expect(sequencer.take(10)).toEqual(['e']);
    expect([sequencer.due, sequencer.early]).toEqual([0, 1]);
    sequencer.add(6, 'f');
    expect(sequencer.take(10)).toEqual(['f', 'g']);
  });

  it('gives out again what was given out before', () => {
    const sequencer = createSequencer<string>(3);
    sequencer.add(3, 'c');
    expect(sequencer.take(10)).toEqual(['c']);
    sequencer.add(1, 'a');
    sequencer.add(3, 'c again');
    sequencer.add(4, 'd');
    expect(sequencer.take(10)).toEqual(['a', 'c again', 'd']);
  });

  it('gives up on a gap when told', () => {
    const sequencer = createSequencer<string>(1);
    sequencer.add(3, 'c');
    sequencer.add(4, 'd');
    expect(sequencer.due).toBe(0);
    sequencer.skipGap();
    expect(sequencer.take(1)).toEqual(['c']);
    expect(sequencer.take(9)).toEqual(['d']);
  });

  it('lets everything through at once where a source has gaps', () => {
    const sequencer = createSequencer<string>(undefined);
    sequencer.add(90, 'later');
    sequencer.add(7, 'sooner');
    expect(sequencer.take(10)).toEqual(['sooner', 'later']);
  });

  it('gives every message once and in order, whatever order they come in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(40).keys()], { minLength: 40 }), fc.nat(7), (arrival, max) => {
        const sequencer = createSequencer<number>(0);
        const given = arrival.flatMap((sequence) => {
          sequencer.add(sequence, sequence);
          return sequencer.take(max + 1);
        });
        given.push(...sequencer.take(100));
        expect(given).toEqual([...Array(40).keys()]);
      }),
    );
  });
});

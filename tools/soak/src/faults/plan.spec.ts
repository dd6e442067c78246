import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@mooring/testing';
import { ENGINES, FAULT_KINDS } from './fault.ts';
import { planFaults } from './plan.ts';

describe('the plan of a soak', () => {
  it('follows from the seed alone', () => {
    const plan = (seed: number) => planFaults(60, createRandom(seed));
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  it('has every kind before any comes again, and every engine in its turn', () => {
    const faults = planFaults(ENGINES.length * FAULT_KINDS.length, createRandom(1));
    for (let turn = 0; turn < ENGINES.length; turn += 1) {
      const kinds = faults.slice(turn * FAULT_KINDS.length, (turn + 1) * FAULT_KINDS.length).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
    }
    const paused = faults.flatMap((fault) => (fault.kind === 'pause' ? [fault.engine] : []));
    expect(new Set(paused)).toEqual(new Set(ENGINES));
  });

  it('has only the kinds that are wanted', () => {
    const kinds = planFaults(5, createRandom(1), ['cut', 'forget']).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['cut', 'forget']));
  });
});

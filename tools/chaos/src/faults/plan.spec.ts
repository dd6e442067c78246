import { createRandom } from '@mooring/testing';
import { FAULT_KINDS } from './fault.ts';
import { meets, planFaults } from './plan.ts';

describe('the plan of a run', () => {
  it('follows from the seed alone', () => {
    const plan = (seed: number) => planFaults(30, createRandom(seed));
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  it('has every kind before any comes again, and never one process twice in a fault', () => {
    const faults = planFaults(3 * FAULT_KINDS.length, createRandom(1));
    for (let turn = 0; turn < 3; turn += 1) {
      const kinds = faults.slice(turn * FAULT_KINDS.length, (turn + 1) * FAULT_KINDS.length).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
    }
    for (const fault of faults) if (fault.kind === 'kill-two') expect(new Set(fault.targets).size).toBe(2);
  });

  it('meets only what is wanted', () => {
    const faults = planFaults(20, createRandom(1), [
      { kind: 'kill', target: 'nats' },
      { kind: 'stall', target: 'discovery' },
    ]);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['kill', 'stall']));
    for (const fault of faults) expect(meets(fault, fault.kind === 'kill' ? 'nats' : 'discovery')).toBe(true);
  });
});

import { growth } from './cluster-watch.ts';
import type { FirstState, FirstStates } from './cluster-watch/first-state.ts';

const statesOf = (objects: number, cpuMs: number): FirstStates => {
  const usage = { peakRssBytes: 1 } as FirstState['usage'];
  const library = [{ ms: 1, cpuMs, usage } as FirstState];
  return { objects, library, collections: [], raw: [], unbounded: library[0]! };
};
const goalOf = (...sizes: readonly FirstStates[]) =>
  growth(new Map(sizes.map((size) => [size.objects, size]))).flatMap(({ goal }) => (goal === undefined ? [] : [goal]));

describe('the growth of the first state', () => {
  it('has a goal only where two differences can be compared', () => {
    expect(goalOf(statesOf(100, 10))).toEqual([]);
    expect(goalOf(statesOf(100, 10), statesOf(200, 20))).toEqual([]);
    expect(goalOf(statesOf(100, 10), statesOf(200, 20), statesOf(400, 40))).toMatchObject([{ isReached: true }]);
    expect(goalOf(statesOf(100, 10), statesOf(200, 20), statesOf(400, 90))).toMatchObject([{ isReached: false }]);
  });
});

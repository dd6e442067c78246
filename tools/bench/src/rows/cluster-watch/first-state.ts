import { median } from '../../median.ts';
import {
  SMALL_HEAP,
  startContestant,
  type Collection,
  type ContestantName,
  type Known,
  type Usage,
  type Way,
} from './contestant.ts';

/** What it took one contestant to know the whole cluster once, in a process of its own that is gone afterwards. */
export interface FirstState extends Known {
  readonly usage: Usage;
  /** Spent between `go` and the end; loading is not in it. */
  readonly cpuMs: number;
}

export async function readFirstState(
  name: ContestantName,
  way: Way,
  collections: readonly Collection[],
  flags: readonly string[] = [],
): Promise<FirstState> {
  await using contestant = await startContestant(name, flags);
  const before = await contestant.usage();
  const known = await contestant.know(way, collections);
  const usage = await contestant.usage();
  return { ...known, usage, cpuMs: (usage.cpuMicros - before.cpuMicros) / 1_000 };
}

export interface FirstStates {
  readonly objects: number;
  readonly collections: readonly Collection[];
  readonly library: readonly FirstState[];
  /** The library with the heap that V8 takes by itself. */
  readonly unbounded: FirstState;
  readonly raw: readonly FirstState[];
}

/** The library and the raw watch of the same collections in turns, after one pair that warms the API server's caches and is thrown away. */
export async function compareFirstStates(way: Way, rounds: number): Promise<FirstStates> {
  const unbounded = await readFirstState('library', way, []);
  const { collections = [], objects } = unbounded;
  await readFirstState('raw-watch', way, collections);
  const library: FirstState[] = [];
  const raw: FirstState[] = [];
  for (let round = 0; round < rounds; round += 1) {
    library.push(await readFirstState('library', way, [], SMALL_HEAP));
    raw.push(await readFirstState('raw-watch', way, collections));
  }
  return { objects, collections, library, unbounded, raw };
}

/** Median of a figure. */
export const medianOf = (states: readonly FirstState[], of: (state: FirstState) => number): number =>
  median(states.map(of));

import type { Random } from '@mooring/testing';
import {
  COMPONENTS,
  ENGINES,
  FAULT_KINDS,
  SPINE_SERVICES,
  type Component,
  type Engine,
  type Fault,
  type FaultKind,
  type SpineService,
} from './fault.ts';

/** A kind, or a kind with who it is to meet: `kill`, `kill:nats`, `strand:postgres`. */
export interface Wanted {
  readonly kind: FaultKind;
  readonly target?: string;
}

const PAUSE_MIN_MS = 1_500;
const PAUSE_SPREAD_MS = 4_500;

/**
 * The faults of so many rounds, from a seed's random numbers alone. Kinds come in turns of shuffled order, and so do those they meet,
 * so that a short run has seen every kind once and nothing dies so often that `npm start` gives up.
 */
export function planFaults(rounds: number, random: Random, wanted: readonly Wanted[] = []): readonly Fault[] {
  const kinds = random.inTurns(wanted.length === 0 ? FAULT_KINDS.map((kind): Wanted => ({ kind })) : wanted);
  const turns: Turns = {
    // The console only serves files: it may die beside another, and deserves no round of its own.
    victims: random.inTurns(COMPONENTS.filter((name) => name !== 'console')),
    pairs: random.inTurns(pairsOf(SPINE_SERVICES, ENGINES)),
    doubles: random.inTurns(
      COMPONENTS.flatMap((one, at) => COMPONENTS.slice(at + 1).map((two) => [one, two] as const)),
    ),
  };
  return Array.from({ length: rounds }, () => {
    const { kind, target } = kinds();
    for (;;) {
      const fault = drawFault(kind, turns, random);
      if (target === undefined || meets(fault, target)) return fault;
    }
  });
}

/** Whether a fault concerns a component. */
export function meets(fault: Fault, target: string): boolean {
  return Object.values(fault)
    .flat()
    .some((value) => value === target);
}

interface Turns {
  readonly victims: () => Component;
  readonly pairs: () => readonly [SpineService, Engine];
  readonly doubles: () => readonly [Component, Component];
}

function drawFault(kind: FaultKind, turns: Turns, random: Random): Fault {
  const ms = PAUSE_MIN_MS + random.below(PAUSE_SPREAD_MS);
  switch (kind) {
    case 'kill':
      return { kind, targets: [turns.victims()] };
    case 'kill-two':
      return { kind, targets: turns.doubles() };
    case 'pause':
      return { kind, target: turns.victims(), ms };
    case 'strand': {
      const [service, engine] = turns.pairs();
      return { kind, engine, service, ms };
    }
    case 'cut':
    case 'stall': {
      const [service, engine] = turns.pairs();
      return { kind, service, engine, ms };
    }
    case 'kill-all':
    case 'power-cut':
    case 'power-cut-all':
      return { kind };
  }
}

const pairsOf = <A, B>(some: readonly A[], others: readonly B[]): readonly (readonly [A, B])[] =>
  some.flatMap((one) => others.map((other) => [one, other] as const));

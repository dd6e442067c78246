import type { Random } from '@mooring/testing';
import { ENGINES, FAULT_KINDS, type Engine, type Fault, type FaultKind } from './fault.ts';

/** Long enough to be noticed by a client's time-out, short enough to leave the rest of a minute for recovery. */
const AWAY_MIN_MS = 1_000;
const AWAY_SPREAD_MS = 4_000;
/** A stall is either over before a PING is missed, or long enough that the connection has to be given up (15 + 10 s). */
const STALL_SHORT_MS = 5_000;
const STALL_LONG_MS = 28_000;

/** The faults of so many rounds, from a seed's random numbers alone. Kinds come in turns of shuffled order, and so do engines. */
export function planFaults(rounds: number, random: Random, only: readonly FaultKind[] = []): readonly Fault[] {
  const kinds = random.inTurns(only.length === 0 ? FAULT_KINDS : only);
  const engines = random.inTurns(ENGINES);
  return Array.from({ length: rounds }, () => drawFault(kinds(), engines, random));
}

function drawFault(kind: FaultKind, engines: () => Engine, random: Random): Fault {
  const ms = AWAY_MIN_MS + random.below(AWAY_SPREAD_MS);
  switch (kind) {
    case 'cut':
    case 'kill-discovery':
    case 'rotate-token':
    case 'rotate-certificate':
      return { kind };
    case 'refuse':
    case 'restart-api':
    case 'kill-api':
    case 'forget':
      return { kind, ms };
    case 'stall':
      return { kind, ms: random.chance(0.5) ? STALL_SHORT_MS : STALL_LONG_MS };
    case 'pause':
      return { kind, engine: engines(), ms };
  }
}

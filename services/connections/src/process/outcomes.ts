import { handleCommand, type CommandContext, type EventStore } from '@mooring/event-store';
import { ok } from '@mooring/kernel';
import { imports } from '../aggregates.ts';
import { resolveContexts, type Resolution } from '../domain/import.ts';
import { createOneAtATime } from './one-at-a-time.ts';

/** How many outcomes go into one append. */
const OUTCOMES_AT_ONCE = 100;

export interface Outcomes {
  /**
   * Records outcomes of contexts; resolves when they are recorded, rejects when they may not be. What comes in for an import while
   * an append to it is under way is recorded together by the next one, as done for whoever came first: a thousand contexts
   * are not a thousand appends, each of which would have to read all that was recorded before.
   */
  record(importId: string, outcomes: ReadonlyMap<string, Resolution>, context: CommandContext): Promise<void>;
}

interface Waiting {
  readonly outcomes: Map<string, Resolution>;
  readonly recorded: Promise<void>;
}

export function createOutcomes(store: EventStore): Outcomes {
  const oneAtATime = createOneAtATime();
  const waiting = new Map<string, Waiting>();

  const append = async (
    importId: string,
    outcomes: ReadonlyMap<string, Resolution>,
    context: CommandContext,
  ): Promise<void> => {
    const entries = [...outcomes];
    for (let start = 0; start < entries.length; start += OUTCOMES_AT_ONCE) {
      const chunk = new Map(entries.slice(start, start + OUTCOMES_AT_ONCE));
      await handleCommand(store, imports, importId, context, (state) => ok(resolveContexts(importId, chunk, state)));
    }
  };

  const gather = (importId: string, context: CommandContext): Waiting => {
    const known = waiting.get(importId);
    if (known !== undefined) return known;
    const outcomes = new Map<string, Resolution>();
    const recorded = oneAtATime(importId, () => {
      waiting.delete(importId);
      return append(importId, outcomes, context);
    });
    const made = { outcomes, recorded };
    waiting.set(importId, made);
    return made;
  };

  return {
    async record(importId, outcomes, context) {
      if (outcomes.size === 0) return;
      const { outcomes: together, recorded } = gather(importId, context);
      // The first outcome of a context stands.
      for (const [name, outcome] of outcomes) if (!together.has(name)) together.set(name, outcome);
      await recorded;
    },
  };
}

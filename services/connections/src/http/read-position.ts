import { load, type Aggregate, type DomainEvent, type EventStore } from '@mooring/event-store';
import type { ProjectionProgress } from '@mooring/read-model';
import { Problem } from '@mooring/service-host';
import { VIEW } from '../adapters/tables.ts';
import { connections, imports } from '../aggregates.ts';

/** Lets a reader see its own write: waits until the read model holds a revision. */
export interface ReadPosition {
  /** Throws a 412 problem when the connection has no such revision, or the read model does not hold it within 5 s. */
  waitForRevision(connectionId: string, revision: bigint): Promise<void>;
  waitForImportRevision(importId: string, revision: bigint): Promise<void>;
}

const WAIT_MAX_MS = 5_000;

const notThere = (detail: string): Problem =>
  new Problem(412, 'revision-not-reached', 'The revision asked for is not there', { detail });

export function createReadPosition(store: EventStore, progress: ProjectionProgress): ReadPosition {
  const wait = async <S, E extends DomainEvent>(
    aggregate: Aggregate<S, E>,
    id: string,
    revision: bigint,
  ): Promise<void> => {
    const { events } = await load(store, aggregate, id);
    const event = events.find((candidate) => candidate.revision === revision);
    if (event === undefined) throw notThere(`${aggregate.category} ${id} has no revision ${revision.toString()} yet.`);
    if (!(await progress.waitFor(VIEW, event.position, WAIT_MAX_MS))) {
      throw notThere(
        `The read model did not get to revision ${revision.toString()} within ${WAIT_MAX_MS} ms; ask again.`,
      );
    }
  };
  return {
    waitForRevision: (id, revision) => wait(connections, id, revision),
    waitForImportRevision: (id, revision) => wait(imports, id, revision),
  };
}

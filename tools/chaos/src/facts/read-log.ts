import type { CloudEvent } from '@mooring/contracts';
import type { Database } from '@mooring/read-model';
import { sql } from 'kysely';
import { digestOf, type LogFact } from './facts.ts';
import type { NotificationDomain, StoredNotification } from './services.ts';

export interface LogContent {
  /** By number. */
  readonly entries: readonly LogFact[];
  /** What should have become of the notification of each thing, by the name of its stream. */
  readonly expected: ReadonlyMap<string, readonly StoredNotification[]>;
}

const PAGE = 1_000;

/** The whole event log of notifications, and what follows from it when every event is taken alone. */
export async function readLog(
  db: Database<Record<string, never>>,
  domain: NotificationDomain<unknown, unknown>,
): Promise<LogContent> {
  const entries: LogFact[] = [];
  const expected = new Map<string, StoredNotification[]>();
  const states = new Map<string, unknown>();

  const follow = (event: CloudEvent): void => {
    const signal = domain.toSignal(event);
    if (signal === undefined) return;
    const id = domain.idOf(event.actedupon);
    const before = states.get(id) ?? domain.nothing;
    const events = domain.take(id, [signal], before);
    if (events.length === 0) return;
    states.set(id, events.reduce(domain.evolve, before));
    const stream = `notification-${id}`;
    expected.set(stream, [...(expected.get(stream) ?? []), ...events]);
  };

  for (let after = 0n; ;) {
    const { rows } = await sql<{ number: bigint; event: CloudEvent }>`
      select number, event from event_log where number > ${after} order by number limit ${PAGE}`.execute(db);
    for (const { number, event } of rows) {
      const { id, source, subject, sequence } = event;
      entries.push({
        number,
        id,
        source,
        subject,
        sequence: BigInt(sequence),
        digest: digestOf(JSON.stringify(event)),
      });
      follow(event);
    }
    const last = rows.at(-1);
    if (last === undefined) return { entries, expected };
    after = last.number;
  }
}

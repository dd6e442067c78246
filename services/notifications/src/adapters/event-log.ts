import type { CloudEvent, EventListQuery, EventPage, LoggedEvent } from '@mooring/contracts';
import { PAGE_LIMIT_DEFAULT } from '@mooring/contracts';
import { Failure, normaliseTraceId } from '@mooring/kernel';
import { decodeKeys, encodeCursor, type Database } from '@mooring/read-model';
import { sql } from 'kysely';
import type { NotificationsDatabase } from './tables.ts';

/** What arrived on the bus, in the order in which it was written down. Numbers rise by one, from 1. */
export interface EventLog {
  /** Writes down what is not there yet, all or nothing; gives the number of the last entry of the log. */
  write(events: readonly CloudEvent[]): Promise<bigint>;
  /** The last number given; 0 for an empty log. */
  head(): Promise<bigint>;
  /** Entries after a number, in order, at most `max`. */
  after(number: bigint, max: number): Promise<readonly LoggedEvent[]>;
  list(query: EventListQuery): Promise<EventPage>;
}

export function createEventLog(db: Database<NotificationsDatabase>): EventLog {
  const head = async (): Promise<bigint> =>
    (await db.selectFrom('event_log_head').select('number').executeTakeFirstOrThrow()).number;

  return {
    head,
    write: (events) =>
      db.transaction().execute(async (tx) => {
        const { number } = await tx.selectFrom('event_log_head').select('number').forUpdate().executeTakeFirstOrThrow();
        const ids = events.map(({ id }) => id);
        const present = await tx.selectFrom('event_log').select(['id', 'source']).where('id', 'in', ids).execute();
        const known = new Set(present.map(({ id, source }) => `${source} ${id}`));
        const fresh = events.filter(({ id, source }) => {
          const key = `${source} ${id}`;
          return known.has(key) ? false : known.add(key);
        });
        if (fresh.length === 0) return number;
        const last = number + BigInt(fresh.length);
        await tx
          .insertInto('event_log')
          .values(fresh.map((event, index) => toRow(event, number + BigInt(index + 1))))
          .execute();
        await tx.updateTable('event_log_head').set({ number: last }).execute();
        return last;
      }),
    async after(number, max) {
      const rows = await db
        .selectFrom('event_log')
        .select(['number', 'event'])
        .where('number', '>', number)
        .orderBy('number')
        .limit(max)
        .execute();
      return rows.map(toLogged);
    },
    async list(query) {
      const good = await head();
      const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
      const order = query.order ?? 'newest';
      let rows = db.selectFrom('event_log').select(['number', 'event']);
      if (query.type !== undefined) {
        rows = query.type.endsWith('*')
          ? rows.where(sql<boolean>`starts_with(type, ${query.type.slice(0, -1)})`)
          : rows.where('type', '=', query.type);
      }
      if (query.subject !== undefined) rows = rows.where('subject', '=', query.subject);
      if (query.correlationId !== undefined) rows = rows.where('correlation_id', '=', query.correlationId);
      if (query.traceId !== undefined) rows = rows.where('trace_id', '=', readTraceId(query.traceId));
      if (query.severityMax !== undefined) rows = rows.where('severity', '<=', query.severityMax);
      const kind = `events ${order}`;
      if (query.cursor !== undefined) {
        const [number = ''] = decodeKeys(kind, ['number'], query.cursor);
        rows = rows.where('number', order === 'newest' ? '<' : '>', BigInt(number));
      }
      const found = await rows
        .orderBy('number', order === 'newest' ? 'desc' : 'asc')
        .limit(limit + 1)
        .execute();
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(toLogged),
        position: good.toString(),
        ...(found.length > limit && last !== undefined
          ? { nextCursor: encodeCursor(kind, [last.number.toString()]) }
          : {}),
      };
    },
  };
}

const toRow = (event: CloudEvent, number: bigint) => ({
  number,
  source: event.source,
  id: event.id,
  type: event.type,
  subject: event.subject,
  correlation_id: event.correlationid,
  trace_id: event.traceid,
  severity: event.severitynumber,
  event: JSON.stringify(event),
});

const toLogged = ({ number, event }: { number: bigint; event: Record<string, unknown> }): LoggedEvent => ({
  id: number.toString(),
  event: event as LoggedEvent['event'],
});

function readTraceId(text: string): string {
  const traceId = normaliseTraceId(text);
  if (traceId === undefined) {
    throw new Failure('invalid', `traceId "${text}" is neither 32 hex digits nor a UUID`, {
      details: { parameter: 'traceId' },
    });
  }
  return traceId;
}

import type { LoggedEvent } from '@mooring/contracts';

export type LogEvent = LoggedEvent['event'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** One message of the event stream. `undefined` for what is no CloudEvent: a page shows what it can and drops the rest. */
export function parseLogged(id: string, text: string): LoggedEvent | undefined {
  try {
    const event: unknown = JSON.parse(text);
    if (!isRecord(event) || typeof event['id'] !== 'string' || typeof event['type'] !== 'string') return undefined;
    return { id, event: event as LogEvent };
  } catch {
    return undefined;
  }
}

const dataOf = (event: LogEvent): Readonly<Record<string, unknown>> => (isRecord(event['data']) ? event['data'] : {});

const textOf = (record: Readonly<Record<string, unknown>>, key: string): string | undefined => {
  const value = record[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** `connections.connection.registered` of `io.meshery.connections.connection.registered.v1`. */
export const shortType = (type: string): string => type.replace(/^io\.meshery\./, '').replace(/\.v\d+$/, '');

export const summaryOf = (event: LogEvent): string => textOf(dataOf(event), 'summary') ?? shortType(event.type);
export const messageOf = (event: LogEvent): string => textOf(dataOf(event), 'message') ?? '';
export const traceIdOf = (event: LogEvent): string | undefined => textOf(event, 'traceid');
export const nameOf = (event: LogEvent): string | undefined => textOf(dataOf(event), 'name');

/** A text in three parts, around the first place where the name stands; `undefined` where it does not. */
export function splitAround(text: string, name: string | undefined): readonly [string, string, string] | undefined {
  const start = name === undefined || name === '' ? -1 : text.indexOf(name);
  if (start < 0 || name === undefined) return undefined;
  return [text.slice(0, start), name, text.slice(start + name.length)];
}

const SUBJECT_IS_A_CONNECTION = /^io\.meshery\.(connections\.(connection|probe|credential)|discovery)\./;

/** The connection an event is about: its subject where the type says so, else what its data names. */
export function connectionIdOf(event: LogEvent): string | undefined {
  if (SUBJECT_IS_A_CONNECTION.test(event.type)) return event.subject;
  const data = dataOf(event);
  return (
    textOf(data, 'connectionId') ??
    (shortType(event.type).startsWith('notifications.') ? textOf(data, 'actedUpon') : undefined)
  );
}

/** The revision of the aggregate an event is from; none where a producer left it out. */
export const sequenceOf = (event: LogEvent): string | undefined => {
  const sequence = textOf(event, 'sequence');
  return sequence !== undefined && /^\d+$/.test(sequence) ? sequence : undefined;
};

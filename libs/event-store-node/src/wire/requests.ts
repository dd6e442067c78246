import type { ExpectedRevision } from '../streams/decide-append.ts';
import { asBytes, asInteger, NOTHING, readFields, type WireValue } from './protobuf.ts';

/** What Append, BatchAppend, Delete and Tombstone say first, not checked. */
export interface WriteOptions {
  /** The `StreamIdentifier` as it came, for the answer. */
  readonly identifier: Buffer | undefined;
  readonly stream: string;
  readonly expected: ExpectedRevision | undefined;
  /** Milliseconds since the Unix epoch, on the clock of this process; only a batch has one. */
  readonly deadlineMs: number | undefined;
}

/** An event that is to be appended, not checked. */
export interface EventMessage {
  /** A UUID in one of its text forms. */
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly contentType: string | undefined;
  readonly metadata: Buffer;
  readonly data: Buffer;
}

export interface RemoveMessage {
  readonly options?: WriteOptions;
}

/** A message of an Append: its options, or an event. */
export interface AppendMessage extends RemoveMessage {
  readonly event?: EventMessage;
}

/** A message of a BatchAppend: an append, or a part of one. */
export interface BatchMessage {
  /** The UUID as it came, for the answer. */
  readonly correlation: Buffer | undefined;
  readonly correlationId: string | undefined;
  readonly options: WriteOptions | undefined;
  readonly events: readonly EventMessage[];
  readonly isFinal: boolean;
}

const text = (value: WireValue): string => asBytes(value).toString('utf8');
const signed = (value: WireValue): bigint => BigInt.asIntN(64, BigInt(asInteger(value)));

export const hexDashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** A UUID's text, also of one that came in two halves. */
function readUuidText(bytes: Buffer): string | undefined {
  let id: string | undefined;
  readFields(bytes, (field, value) => {
    if (field === 2) id = text(value);
    if (field !== 1) return;
    const halves = ['0', '0'];
    readFields(asBytes(value), (half, bits) => {
      halves[half - 1] = BigInt.asUintN(64, signed(bits)).toString(16);
    });
    id = hexDashed(halves.map((half) => half.padStart(16, '0')).join(''));
  });
  return id;
}

/** A `Timestamp` or a `Duration`, which look the same, in milliseconds. */
function readMilliseconds(bytes: Buffer): number {
  let milliseconds = 0;
  readFields(bytes, (field, value) => {
    if (field === 1) milliseconds += Number(signed(value)) * 1000;
    if (field === 2) milliseconds += Number(signed(value)) / 1_000_000;
  });
  return milliseconds;
}

function readWriteOptions(bytes: Buffer): WriteOptions {
  let [identifier, stream]: [Buffer | undefined, string] = [undefined, ''];
  let expected: ExpectedRevision | undefined;
  let deadlineMs: number | undefined;
  readFields(bytes, (field, value) => {
    if (field === 1) {
      identifier = asBytes(value);
      readFields(identifier, (inner, name) => {
        if (inner === 3) stream = text(name);
      });
    } else if (field === 2) expected = BigInt(asInteger(value));
    else if (field === 3) expected = 'no_stream';
    else if (field === 4) expected = 'any';
    else if (field === 5) expected = 'stream_exists';
    else if (field === 6) deadlineMs = readMilliseconds(asBytes(value));
    // A duration, which newer clients send, begins when it comes.
    else if (field === 7) deadlineMs = Date.now() + readMilliseconds(asBytes(value));
  });
  return { identifier, stream, expected, deadlineMs };
}

function readEvent(bytes: Buffer): EventMessage {
  let [id, type, contentType]: (string | undefined)[] = [];
  let metadata: Buffer = NOTHING;
  let data: Buffer = NOTHING;
  readFields(bytes, (field, value) => {
    if (field === 1) id = readUuidText(asBytes(value));
    else if (field === 2) {
      const [key, property] = readEntry(asBytes(value));
      if (key === 'type') type = property;
      if (key === 'content-type') contentType = property;
    } else if (field === 3) metadata = asBytes(value);
    else if (field === 4) data = asBytes(value);
  });
  return { id, type, contentType, metadata, data };
}

function readEntry(bytes: Buffer): readonly [key: string, value: string] {
  let [key, property] = ['', ''];
  readFields(bytes, (field, value) => {
    if (field === 1) key = text(value);
    if (field === 2) property = text(value);
  });
  return [key, property];
}

/** @throws Error for bytes that are no such message; so do the other two. */
export function readAppendMessage(bytes: Buffer): AppendMessage {
  let message: AppendMessage = {};
  readFields(bytes, (field, value) => {
    if (field === 1) message = { options: readWriteOptions(asBytes(value)) };
    if (field === 2) message = { event: readEvent(asBytes(value)) };
  });
  return message;
}

export function readBatchMessage(bytes: Buffer): BatchMessage {
  let correlation: Buffer | undefined;
  let options: WriteOptions | undefined;
  const events: EventMessage[] = [];
  let isFinal = false;
  readFields(bytes, (field, value) => {
    if (field === 1) correlation = asBytes(value);
    else if (field === 2) options = readWriteOptions(asBytes(value));
    else if (field === 3) events.push(readEvent(asBytes(value)));
    else if (field === 4) isFinal = asInteger(value) !== 0;
  });
  const correlationId = correlation === undefined ? undefined : readUuidText(correlation);
  return { correlation, correlationId, options, events, isFinal };
}

/** Of a Delete or a Tombstone. */
export function readRemoveMessage(bytes: Buffer): RemoveMessage {
  let message: RemoveMessage = {};
  readFields(bytes, (field, value) => {
    if (field === 1) message = { options: readWriteOptions(asBytes(value)) };
  });
  return message;
}

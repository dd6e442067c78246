import { Metadata } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import googleEmpty from 'google-protobuf/google/protobuf/empty_pb.js';
import googleTimestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { Names } from './names.ts';
import type { TapeAppend, TapeEvent, TapeRead, TapeWrite } from './tape.ts';

export function metadata(as: string | undefined): Metadata {
  const headers = new Metadata();
  headers.set('connection-name', 'tape');
  if (as !== undefined && as !== 'nobody') headers.set('authorization', `Basic ${Buffer.from(as).toString('base64')}`);
  return headers;
}

function identifier(label: string | undefined, names: Names): StreamIdentifier | undefined {
  if (label === undefined) return undefined;
  const id = new shared.StreamIdentifier();
  id.setStreamName(Buffer.from(names.stream(label)).toString('base64'));
  return id;
}

interface Expectation<Empty> {
  setStreamIdentifier(value?: StreamIdentifier): unknown;
  setAny(value: Empty): unknown;
  setNoStream(value: Empty): unknown;
  setStreamExists(value: Empty): unknown;
}

/** The stream and what is expected of it, in any of the four requests that say so. */
function address<Empty, Options extends Expectation<Empty>>(
  options: Options,
  write: TapeWrite,
  names: Names,
  empty: Empty,
  setRevision: (revision: string) => unknown,
): Options {
  const id = identifier(write.stream, names);
  if (id !== undefined) options.setStreamIdentifier(id);
  if (write.expect === 'any') options.setAny(empty);
  else if (write.expect === 'no_stream') options.setNoStream(empty);
  else if (write.expect === 'stream_exists') options.setStreamExists(empty);
  else if (write.expect !== undefined) setRevision(String(write.expect));
  return options;
}

function eventId(event: TapeEvent, names: Names): UUID {
  const uuid = new shared.UUID();
  const id = names.id(event.id);
  if (event.idForm === undefined) uuid.setString(id);
  if (event.idForm !== 'structured') return uuid;
  const hex = id.replaceAll('-', '');
  const half = (part: string): string => BigInt.asIntN(64, BigInt(`0x${part}`)).toString();
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits(half(hex.slice(0, 16)));
  halves.setLeastSignificantBits(half(hex.slice(16)));
  uuid.setStructured(halves);
  return uuid;
}

/** Text as it is, `{repeat: n}` as so many characters, anything else as JSON; in base64. */
function content(value: unknown, names: Names): string {
  const fill = value as { readonly repeat?: number; readonly fill?: string } | undefined;
  const plain =
    typeof value === 'string'
      ? names.expand(value)
      : typeof fill?.repeat === 'number'
        ? (fill.fill ?? 'x').repeat(fill.repeat)
        : JSON.stringify(value);
  return Buffer.from(plain).toString('base64');
}

type Proposed = BatchAppendReq.ProposedMessage;

function fill<Message extends Pick<Proposed, 'setId' | 'getMetadataMap' | 'setData' | 'setCustomMetadata'>>(
  message: Message,
  event: TapeEvent,
  names: Names,
): Message {
  message.setId(eventId(event, names));
  const properties = message.getMetadataMap();
  if (event.type !== null) properties.set('type', event.type ?? 'T');
  if (event.contentType !== null) properties.set('content-type', event.contentType ?? 'application/json');
  for (const [key, value] of Object.entries(event.properties ?? {})) properties.set(key, value);
  message.setData(content(event.data ?? { n: 1 }, names));
  if (event.meta !== undefined) message.setCustomMetadata(content(event.meta, names));
  return message;
}

/** The messages of one Append call. */
export function appendRequests(append: TapeAppend, names: Names): InstanceType<typeof streams.AppendReq>[] {
  const requests = (append.events ?? []).map((event) => {
    const request = new streams.AppendReq();
    request.setProposedMessage(fill(new streams.AppendReq.ProposedMessage(), event, names));
    return request;
  });
  if (append.noOptions === true) return requests;
  const options = new streams.AppendReq.Options();
  address(options, append, names, new shared.Empty(), (revision) => options.setRevision(revision));
  const first = new streams.AppendReq();
  first.setOptions(options);
  return [first, ...requests];
}

/** The chunks of one append on a BatchAppend call. */
export function batchRequests(append: TapeAppend, correlation: string, names: Names): BatchAppendReq[] {
  const messages = (append.events ?? []).map((event) =>
    fill(new streams.BatchAppendReq.ProposedMessage(), event, names),
  );
  const size = append.chunk ?? Math.max(1, messages.length);
  const count = Math.max(1, Math.ceil(messages.length / size));
  return Array.from({ length: count }, (_, index) => {
    const request = new streams.BatchAppendReq();
    request.setCorrelationId(correlationId(append, correlation));
    if (index === 0 && append.noOptions !== true) request.setOptions(batchOptions(append, names));
    request.setProposedMessagesList(messages.slice(index * size, (index + 1) * size));
    request.setIsFinal(append.neverFinal !== true && index === count - 1);
    return request;
  });
}

function correlationId(append: TapeAppend, correlation: string): UUID {
  const uuid = new shared.UUID();
  if (append.correlationForm === undefined) {
    uuid.setString(correlation);
    return uuid;
  }
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits('1');
  halves.setLeastSignificantBits('2');
  uuid.setStructured(halves);
  return uuid;
}

function batchOptions(append: TapeAppend, names: Names): BatchAppendReq.Options {
  const options = new streams.BatchAppendReq.Options();
  address(options, append, names, new googleEmpty.Empty(), (revision) => options.setStreamPosition(revision));
  if (append.deadlineMs !== undefined)
    options.setDeadline(googleTimestamp.Timestamp.fromDate(new Date(Date.now() + append.deadlineMs)));
  return options;
}

export function deleteRequest(write: TapeWrite, names: Names): InstanceType<typeof streams.DeleteReq> {
  const request = new streams.DeleteReq();
  if (write.noOptions === true) return request;
  const options = new streams.DeleteReq.Options();
  request.setOptions(address(options, write, names, new shared.Empty(), (revision) => options.setRevision(revision)));
  return request;
}

export function tombstoneRequest(write: TapeWrite, names: Names): InstanceType<typeof streams.TombstoneReq> {
  const request = new streams.TombstoneReq();
  if (write.noOptions === true) return request;
  const options = new streams.TombstoneReq.Options();
  request.setOptions(address(options, write, names, new shared.Empty(), (revision) => options.setRevision(revision)));
  return request;
}

const Options = streams.ReadReq.Options;

export function readRequest(read: TapeRead, subscription: boolean, names: Names): ReadReq {
  const options = new Options();
  if (read.all === true) options.setAll(allOptions(read, names));
  else if (read.stream !== undefined) options.setStream(streamOptions(read, read.stream, names));
  // Some of the recorded directions are none: they are numbers on purpose.
  const lenient: { setReadDirection(direction: number): unknown } = options;
  lenient.setReadDirection(read.direction ?? (read.backwards === true ? 1 : 0));
  options.setResolveLinks(read.links === true);
  if (subscription) options.setSubscription(new Options.SubscriptionOptions());
  else if (read.count !== null) options.setCount(String(read.count ?? 1000));
  if (read.filter) options.setFilter(filterOptions(read.filter, names));
  else if (read.filter === undefined) options.setNoFilter(new shared.Empty());
  const form = new Options.UUIDOption();
  if (read.uuid === 'structured') form.setStructured(new shared.Empty());
  else form.setString(new shared.Empty());
  options.setUuidOption(form);
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
}

function streamOptions(read: TapeRead, label: string, names: Names): ReadReq.Options.StreamOptions {
  const options = new Options.StreamOptions();
  options.setStreamIdentifier(identifier(label, names));
  const from = read.from ?? 'start';
  if (from === 'start') options.setStart(new shared.Empty());
  else if (from === 'end') options.setEnd(new shared.Empty());
  else options.setRevision(String(from));
  return options;
}

function allOptions(read: TapeRead, names: Names): ReadReq.Options.AllOptions {
  const options = new Options.AllOptions();
  const from = String(read.from ?? 'start');
  if (from === 'start') options.setStart(new shared.Empty());
  else if (from === 'end') options.setEnd(new shared.Empty());
  else {
    const [, label, shift = '0', plain = '0'] = /^#(\w+?)([+-]\d+)?$|^(\d+)$/u.exec(from) ?? [];
    const at = BigInt((label === undefined ? plain : names.eventPositions.get(label)) ?? 0) + BigInt(shift);
    const position = new Options.Position();
    position.setCommitPosition(at.toString());
    position.setPreparePosition(read.prepare ?? at.toString());
    options.setPosition(position);
  }
  return options;
}

function filterOptions(filter: NonNullable<TapeRead['filter']>, names: Names): ReadReq.Options.FilterOptions {
  const options = new Options.FilterOptions();
  const expression = new Options.FilterOptions.Expression();
  if (filter.regex !== undefined) expression.setRegex(names.expand(filter.regex));
  if (filter.prefixes !== undefined) expression.setPrefixList(filter.prefixes.map((prefix) => names.expand(prefix)));
  if (filter.on === 'type') options.setEventType(expression);
  else options.setStreamIdentifier(expression);
  if (filter.window !== 'unset') options.setCount(new shared.Empty());
  options.setCheckpointintervalmultiplier(1);
  return options;
}

import { status, type ServiceError } from '@grpc/grpc-js';
import type {
  AppendResp,
  BatchAppendResp,
  DeleteResp,
  ReadResp,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { Names } from './names.ts';

/** Answers as the tape writes them: only what is set, nothing that differs from run to run. */
type Plain = Record<string, unknown>;

const NOTHING_ELSE = /^(?:date|server|content-type|content-length|grpc-.*)$/u;

/** `fields` without those that are undefined. */
const present = (fields: Plain): Plain =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const when = <T>(there: boolean, value: () => T): T | undefined => (there ? value() : undefined);

export function failure(error: ServiceError, names: Names): Plain {
  const trailers = Object.entries(error.metadata.getMap()).filter(([key]) => !NOTHING_ELSE.test(key));
  return {
    status: status[error.code],
    trailers: Object.fromEntries(trailers.map(([key, value]) => [key, names.text(String(value))])),
    message: names.text(error.details),
  };
}

const stream = (identifier: StreamIdentifier | undefined, names: Names): unknown => {
  if (identifier === undefined) return undefined;
  const name = text(identifier.getStreamName_asU8());
  return name === '' ? {} : names.label(name);
};

interface TwoPositions {
  getCommitPosition(): string;
  getPreparePosition(): string;
}

const position = (at: TwoPositions | undefined, names: Names): Plain | undefined =>
  at && {
    commitPosition: names.position(at.getCommitPosition()),
    preparePosition: names.position(at.getPreparePosition()),
  };

export const deleted = (answer: DeleteResp | TombstoneResp, names: Names): Plain =>
  present({ position: position(answer.getPosition(), names), noPosition: when(answer.hasNoPosition(), () => ({})) });

export function appended(answer: AppendResp, names: Names): Plain {
  const [success, wrong] = [answer.getSuccess(), answer.getWrongExpectedVersion()];
  return present({
    success:
      success &&
      present({
        currentRevision: when(success.hasCurrentRevision(), () => success.getCurrentRevision()),
        noStream: when(success.hasNoStream(), () => ({})),
        position: position(success.getPosition(), names),
        noPosition: when(success.hasNoPosition(), () => ({})),
      }),
    wrongExpectedVersion:
      wrong &&
      present({
        currentRevision2060: when(wrong.hasCurrentRevision2060(), () => wrong.getCurrentRevision2060()),
        noStream2060: when(wrong.hasNoStream2060(), () => ({})),
        expectedRevision2060: when(wrong.hasExpectedRevision2060(), () => wrong.getExpectedRevision2060()),
        any2060: when(wrong.hasAny2060(), () => ({})),
        streamExists2060: when(wrong.hasStreamExists2060(), () => ({})),
        currentRevision: when(wrong.hasCurrentRevision(), () => wrong.getCurrentRevision()),
        currentNoStream: when(wrong.hasCurrentNoStream(), () => ({})),
        expectedRevision: when(wrong.hasExpectedRevision(), () => wrong.getExpectedRevision()),
        expectedAny: when(wrong.hasExpectedAny(), () => ({})),
        expectedStreamExists: when(wrong.hasExpectedStreamExists(), () => ({})),
        expectedNoStream: when(wrong.hasExpectedNoStream(), () => ({})),
      }),
  });
}

/** The details of an in-band error: a message in a box with the name of its type. */
function details(typeUrl: string, bytes: Uint8Array, names: Names): Plain {
  switch (typeUrl.split('.').at(-1)) {
    case 'WrongExpectedVersion': {
      const wrong = shared.WrongExpectedVersion.deserializeBinary(bytes);
      return present({
        type: typeUrl,
        currentStreamRevision: when(wrong.hasCurrentStreamRevision(), () => wrong.getCurrentStreamRevision()),
        currentNoStream: when(wrong.hasCurrentNoStream(), () => ({})),
        expectedStreamPosition: when(wrong.hasExpectedStreamPosition(), () => wrong.getExpectedStreamPosition()),
        expectedAny: when(wrong.hasExpectedAny(), () => ({})),
        expectedStreamExists: when(wrong.hasExpectedStreamExists(), () => ({})),
        expectedNoStream: when(wrong.hasExpectedNoStream(), () => ({})),
      });
    }
    case 'StreamDeleted':
      return {
        type: typeUrl,
        streamIdentifier: stream(shared.StreamDeleted.deserializeBinary(bytes).getStreamIdentifier(), names),
      };
    case 'MaximumAppendSizeExceeded':
      return {
        type: typeUrl,
        maxappendsize: shared.MaximumAppendSizeExceeded.deserializeBinary(bytes).getMaxappendsize(),
      };
    default:
      return { type: typeUrl };
  }
}

export function batchAppended(answer: BatchAppendResp, names: Names): Plain {
  const [error, success] = [answer.getError(), answer.getSuccess()];
  const any = error?.getDetails();
  return present({
    error:
      error &&
      present({
        code: error.getCode(),
        message: error.getMessage(),
        details: any && details(any.getTypeUrl(), any.getValue_asU8(), names),
      }),
    success:
      success &&
      present({
        currentRevision: when(success.hasCurrentRevision(), () => success.getCurrentRevision()),
        noStream: when(success.hasNoStream(), () => ({})),
        position: position(success.getPosition(), names),
        noPosition: when(success.hasNoPosition(), () => ({})),
      }),
    streamIdentifier: stream(answer.getStreamIdentifier(), names),
    correlationForm: when(answer.getCorrelationId()?.hasStructured() === true, () => 'structured'),
  });
}

function idText(id: UUID | undefined): { readonly text: string; readonly structured: boolean } {
  const halves = id?.getStructured();
  if (halves === undefined) return { text: id?.getString() ?? '', structured: false };
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return { text: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-'), structured: true };
}

type RecordedEvent = NonNullable<ReturnType<ReadResp.ReadEvent['getEvent']>>;

/** What an event carries; the rest only where it is not the default. */
function recorded(event: RecordedEvent, names: Names): Plain {
  const id = idText(event.getId());
  const label = names.labelOf(id.text);
  if (label !== undefined) names.eventPositions.set(label, event.getCommitPosition());
  const {
    type,
    created = '',
    'content-type': contentType,
    ...properties
  } = Object.fromEntries<string | undefined>(event.getMetadataMap().entries());
  const [data, meta] = [text(event.getData_asU8()), text(event.getCustomMetadata_asU8())];
  const name = text(event.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());
  const differs = event.getPreparePosition() !== event.getCommitPosition();
  return present({
    at: names.text(`${event.getStreamRevision()}@${name}`),
    id: id.structured ? { structured: names.text(id.text) } : names.text(id.text),
    type: type === undefined ? undefined : names.text(type),
    commitPosition: names.position(event.getCommitPosition()),
    preparePosition: when(differs, () => names.position(event.getPreparePosition())),
    contentType: when(contentType !== 'application/json', () => contentType ?? 'none'),
    created: when(!/^\d{17,18}$/u.test(created), () => created),
    properties: when(Object.keys(properties).length > 0, () => properties),
    data: when(data !== '{"n":1}', () => names.text(data)),
    meta: when(meta !== '', () => names.text(meta)),
  });
}

/** A message of a read or a subscription; nothing for other streams' events in `$all`. */
export function message(answer: ReadResp, fromAll: boolean, names: Names): Plain | undefined {
  const read = answer.getEvent();
  if (read === undefined) return control(answer, names);
  const [event, link] = [read.getEvent(), read.getLink()];
  const shown = event ?? link;
  const name = text(shown?.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());
  if (fromAll && !name.includes(names.prefix)) return undefined;
  const plain: Plain = event === undefined ? { event: 'none' } : recorded(event, names);
  if (link !== undefined) plain['link'] = recorded(link, names);
  if (read.getCommitPosition() !== (link ?? event)?.getCommitPosition())
    plain['positionOfMessage'] = names.position(read.getCommitPosition());
  return { event: plain };
}

const control = (answer: ReadResp, names: Names): Plain =>
  present({
    confirmation: when(answer.hasConfirmation(), () => ({
      subscriptionId: names.text(answer.getConfirmation()?.getSubscriptionId() ?? ''),
    })),
    streamNotFound: when(answer.hasStreamNotFound(), () => ({
      streamIdentifier: stream(answer.getStreamNotFound()?.getStreamIdentifier(), names),
    })),
    lastStreamPosition: when(answer.hasLastStreamPosition(), () => answer.getLastStreamPosition()),
    caughtUp: when(answer.hasCaughtUp(), () => ({})),
    fellBehind: when(answer.hasFellBehind(), () => ({})),
    checkpoint: when(answer.hasCheckpoint(), () => ({})),
  });

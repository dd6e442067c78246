import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  appendSuccessResponse,
  appendWrongVersionResponse,
  caughtUpResponse,
  checkpointResponse,
  confirmationResponse,
  encodeRecordedEvent,
  eventResponse,
  lastStreamPositionResponse,
  streamNotFoundResponse,
} from './responses.ts';

const { ReadResp, AppendResp } = streams;

it('an event is read back by the generated code as it was written', () => {
  const position = 2 ** 40 + 3;
  const record = encodeRecordedEvent({
    id: '6e1f8a0e-0000-4000-a000-00000000abce',
    stream: 'zürich-東京',
    revision: 2n ** 63n - 1n,
    position,
    type: 'Öffnen',
    createdUs: 1_795_000_000_123_456,
    isJson: true,
    metadata: Buffer.from('{}'),
    data: Buffer.from('{"n":1}'),
  });
  const event = ReadResp.deserializeBinary(eventResponse(record, position)).getEvent();
  const recorded = event?.getEvent();
  expect(event?.getCommitPosition()).toBe(String(position));
  expect(recorded?.getId()?.getString()).toBe('6e1f8a0e-0000-4000-a000-00000000abce');
  expect(Buffer.from(recorded?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe('zürich-東京');
  expect(recorded?.getStreamRevision()).toBe('9223372036854775807');
  expect([recorded?.getCommitPosition(), recorded?.getPreparePosition()]).toEqual([String(position), String(position)]);
  expect(Object.fromEntries(recorded?.getMetadataMap().entries() ?? [])).toEqual({
    type: 'Öffnen',
    created: '17950000001234560',
    'content-type': 'application/json',
  });
  expect(Buffer.from(recorded?.getData_asU8() ?? []).toString()).toBe('{"n":1}');
  expect(Buffer.from(recorded?.getCustomMetadata_asU8() ?? []).toString()).toBe('{}');
});

it('the small answers are read back too', () => {
  expect(ReadResp.deserializeBinary(confirmationResponse('x')).getConfirmation()?.getSubscriptionId()).toBe('x');
  expect(ReadResp.deserializeBinary(checkpointResponse(300)).getCheckpoint()?.getCommitPosition()).toBe('300');
  expect(ReadResp.deserializeBinary(caughtUpResponse()).hasCaughtUp()).toBe(true);
  expect(ReadResp.deserializeBinary(lastStreamPositionResponse(7)).getLastStreamPosition()).toBe('7');
  const name = ReadResp.deserializeBinary(streamNotFoundResponse('s')).getStreamNotFound()?.getStreamIdentifier();
  expect(Buffer.from(name?.getStreamName_asU8() ?? []).toString()).toBe('s');
});

it('a wrong expected version says everything twice', () => {
  const wrong = AppendResp.deserializeBinary(appendWrongVersionResponse(1, 'no_stream')).getWrongExpectedVersion();
  expect(wrong?.getCurrentRevision()).toBe('1');
  expect(wrong?.getCurrentRevision2060()).toBe(1);
  expect(wrong?.hasExpectedNoStream()).toBe(true);
  // 2^64-1, which the generated code reads with the precision of a double.
  expect(wrong?.getExpectedRevision2060()).toBe(2 ** 64);
  const absent = AppendResp.deserializeBinary(appendWrongVersionResponse(-1, 5n)).getWrongExpectedVersion();
  expect([absent?.hasCurrentNoStream(), absent?.hasNoStream2060(), absent?.getExpectedRevision()]).toEqual([
    true,
    true,
    '5',
  ]);
});

it('an append of nothing to no stream succeeds without a revision, a repeat of what is gone without a position', () => {
  expect(AppendResp.deserializeBinary(appendSuccessResponse(-1, 64)).getSuccess()?.hasNoStream()).toBe(true);
  expect(AppendResp.deserializeBinary(appendSuccessResponse(0, undefined)).getSuccess()?.hasNoPosition()).toBe(true);
});

import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { createWireWriter } from './protobuf.ts';
import { readAppendMessage, readBatchMessage, readRemoveMessage } from './requests.ts';

const { AppendReq, BatchAppendReq, DeleteReq } = streams;
const ID = '6e1f8a0e-0000-4000-a000-00000000abce';

function named(stream: string) {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream).toString('base64'));
  return identifier;
}

function uuid(structured: boolean) {
  const id = new shared.UUID();
  if (!structured) id.setString(ID);
  else {
    const halves = new shared.UUID.Structured();
    halves.setMostSignificantBits(BigInt('0x6e1f8a0e00004000').toString());
    halves.setLeastSignificantBits(BigInt.asIntN(64, BigInt('0xa00000000000abce')).toString());
    id.setStructured(halves);
  }
  return id;
}

it.each([false, true])(
  'an append of a batch is read as the generated code writes it (ids structured: %s)',
  (structured) => {
    const event = new BatchAppendReq.ProposedMessage();
    event.setId(uuid(structured));
    event.getMetadataMap().set('type', 'Öffnen').set('content-type', 'application/json').set('other', 'x');
    event.setData(Buffer.from('{}').toString('base64'));
    const options = new BatchAppendReq.Options();
    options.setStreamIdentifier(named('zürich-東京'));
    options.setStreamPosition('18446744073709551615');
    options.setDeadline(timestamp.Timestamp.fromDate(new Date(1_795_000_000_123)));
    const request = new BatchAppendReq();
    request.setCorrelationId(uuid(structured));
    request.setOptions(options);
    request.setProposedMessagesList([event]);
    request.setIsFinal(true);
    const message = readBatchMessage(Buffer.from(request.serializeBinary()));
    expect(message).toMatchObject({ correlationId: ID, isFinal: true });
    expect(message.correlation).toEqual(Buffer.from(uuid(structured).serializeBinary()));
    expect(message.options).toEqual({
      identifier: Buffer.from(named('zürich-東京').serializeBinary()),
      stream: 'zürich-東京',
      expected: 2n ** 64n - 1n,
      deadlineMs: 1_795_000_000_123,
    });
    expect(message.events).toEqual([
      { id: ID, type: 'Öffnen', contentType: 'application/json', metadata: Buffer.alloc(0), data: Buffer.from('{}') },
    ]);
  },
);

it('the messages of an append and a delete are read too, with what is missing told apart', () => {
  const options = new AppendReq.Options();
  options.setStreamIdentifier(named('s'));
  options.setStreamExists(new shared.Empty());
  const first = new AppendReq();
  first.setOptions(options);
  expect(readAppendMessage(Buffer.from(first.serializeBinary())).options).toMatchObject({
    ...{ stream: 's', expected: 'stream_exists', deadlineMs: undefined },
  });
  const second = new AppendReq();
  second.setProposedMessage(new AppendReq.ProposedMessage());
  expect(readAppendMessage(Buffer.from(second.serializeBinary())).event).toMatchObject({
    id: undefined,
    type: undefined,
  });
  expect(readRemoveMessage(Buffer.from(new DeleteReq().serializeBinary())).options).toBeUndefined();
});

it('the deadline of newer clients, a duration, begins when it comes', () => {
  const bytes = createWireWriter()
    .message(2, (options) => options.message(7, (duration) => duration.uint64(1, 3).uint64(2, 500_000_000)))
    .finish();
  const before = Date.now();
  const { deadlineMs = 0 } = readBatchMessage(bytes).options ?? {};
  expect(deadlineMs - before).toBeGreaterThanOrEqual(3500);
  expect(deadlineMs - Date.now()).toBeLessThanOrEqual(3500);
});

it('what is unknown is passed over, and bytes that are no message are refused', () => {
  const known = Buffer.from([0x20, 0x01]);
  const fixed = Buffer.from([0x71, 1, 2, 3, 4, 5, 6, 7, 8, 0x75, 1, 2, 3, 4]);
  const unknown = createWireWriter().uint64(99, 5).string(98, 'x').finish();
  expect(readBatchMessage(Buffer.concat([fixed, unknown, known])).isFinal).toBe(true);
  for (const bytes of [
    [0x0a, 5, 1],
    [0x71, 1],
    [0x08],
    [0x0b],
    [0x00, 0],
    [0x20, ...Array<number>(10).fill(255)],
    [0x08, 1],
  ])
    expect(() => readBatchMessage(Buffer.from(bytes))).toThrow('not a message');
});

it('a message within a message may be of any length', () => {
  for (const size of [0, 1, 126, 127, 128, 16_383, 16_384, 100_000]) {
    const bytes = createWireWriter(8)
      .message(3, (event) => event.bytes(4, Buffer.alloc(size, 7)))
      .uint64(4, 1)
      .finish();
    const { events, isFinal } = readBatchMessage(bytes);
    expect([events[0]?.data.length, isFinal]).toEqual([size, true]);
  }
});

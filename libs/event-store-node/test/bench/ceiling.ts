/**
 * A server that answers at once and stores nothing: what the client can do at most. Run as a process; prints its port.
 */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { handleBidiStreamingCall, handleServerStreamingCall } from '@grpc/grpc-js';
import { batchSuccess } from '../../src/grpc/batch-response.ts';
import { createOutbound } from '../../src/grpc/outbound.ts';
import { STREAMS_SERVICE } from '../../src/grpc/streams-service.ts';
import { getSupportedMethods } from '../../src/grpc/server-features.ts';
import type { BatchMessage } from '../../src/wire/requests.ts';
import { encodeRecordedEvent, eventResponse } from '../../src/wire/responses.ts';
import { EVENTS_READ, PAYLOAD } from './workload.ts';

let revision = 0;

const batchAppend: handleBidiStreamingCall<BatchMessage, Buffer> = (call) => {
  call.on('data', ({ correlation, options }: BatchMessage) => {
    if (options === undefined) return;
    revision += 1;
    call.write(batchSuccess({ correlation, identifier: options.identifier }, revision, revision));
  });
  call.on('end', () => call.end());
};

const record = encodeRecordedEvent({
  id: '6e1f8a0e-0000-4000-a000-00000000abce',
  stream: 'bench-0',
  revision: 1,
  position: 1_000_000,
  type: 'Bench',
  createdUs: 1_795_000_000_000_000,
  isJson: true,
  metadata: Buffer.alloc(0),
  data: Buffer.from(JSON.stringify(PAYLOAD)),
});

const read: handleServerStreamingCall<ReadReq, Buffer> = (call) => {
  const outbound = createOutbound(call);
  const send = async (): Promise<void> => {
    for (let sent = 0; sent < EVENTS_READ; sent += 1)
      if (!outbound.send(eventResponse(record, 1_000_000))) await outbound.drained();
    call.end();
  };
  void send();
};

const server = new Server();
const unserved = (): never => {
  throw new Error('not part of the workload');
};
server.addService(STREAMS_SERVICE, {
  ...{ read, batchAppend, append: unserved, delete: unserved, tombstone: unserved },
});
server.addService(features.ServerFeaturesService, { getSupportedMethods });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) => {
  process.stdout.write(`${port}\n`);
});

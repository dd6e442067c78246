import type { ServiceDefinition } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { readAppendMessage, readBatchMessage, readRemoveMessage } from '../wire/requests.ts';

const passBuffer = (value: Buffer): Buffer => value;
const { read, append, batchAppend, delete: remove, tombstone } = streams.StreamsService;

/**
 * The service of the client's package, with our own code for the messages: what we send is encoded already, and what is
 * written to us is decoded by hand, which costs a third of what the generated code does.
 */
export const STREAMS_SERVICE: ServiceDefinition = {
  read: { ...read, responseSerialize: passBuffer },
  append: { ...append, requestDeserialize: readAppendMessage, responseSerialize: passBuffer },
  batchAppend: { ...batchAppend, requestDeserialize: readBatchMessage, responseSerialize: passBuffer },
  delete: { ...remove, requestDeserialize: readRemoveMessage, responseSerialize: passBuffer },
  tombstone: { ...tombstone, requestDeserialize: readRemoveMessage, responseSerialize: passBuffer },
};

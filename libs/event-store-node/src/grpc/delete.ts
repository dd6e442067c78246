import type { handleUnaryCall, Metadata } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import { accessDenied, invalid, streamDeleted, toRefusal, wrongExpectedVersion } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { readExpectation, readStreamName } from './proposed-event.ts';

/** Deletes or tombstones; gives the position of what that wrote. */
async function remove(
  context: NodeContext,
  kind: 'delete' | 'tombstone',
  metadata: Metadata,
  options: DeleteReq.Options | TombstoneReq.Options | undefined,
): Promise<string> {
  const identity = await context.access.authenticate(metadata);
  if (options === undefined) throw invalid(`a ${kind} needs options`);
  const stream = readStreamName(options.getStreamIdentifier());
  if (!context.access.may(identity, 'delete', stream)) throw accessDenied();
  const expected = readExpectation(options, options.hasRevision() ? options.getRevision() : undefined);
  const outcome = await context.commits.submit({ kind, stream, expected });
  switch (outcome.kind) {
    case 'done':
      return String(outcome.position ?? 0);
    case 'wrong-expected-version':
      throw wrongExpectedVersion(stream, expected, outcome.current);
    case 'stream-deleted':
      throw streamDeleted(stream);
  }
}

/** `Streams.Delete`: what was appended is hidden, and the stream may come back. */
export const createDelete =
  (context: NodeContext): handleUnaryCall<DeleteReq, DeleteResp> =>
  (call, callback) => {
    remove(context, 'delete', call.metadata, call.request.getOptions()).then(
      (at) => {
        const position = new streams.DeleteResp.Position();
        position.setCommitPosition(at);
        position.setPreparePosition(at);
        const response = new streams.DeleteResp();
        response.setPosition(position);
        callback(null, response);
      },
      (thrown: unknown) => callback(toRefusal(thrown)),
    );
  };

/** `Streams.Tombstone`: for ever. */
export const createTombstone =
  (context: NodeContext): handleUnaryCall<TombstoneReq, TombstoneResp> =>
  (call, callback) => {
    remove(context, 'tombstone', call.metadata, call.request.getOptions()).then(
      (at) => {
        const position = new streams.TombstoneResp.Position();
        position.setCommitPosition(at);
        position.setPreparePosition(at);
        const response = new streams.TombstoneResp();
        response.setPosition(position);
        callback(null, response);
      },
      (thrown: unknown) => callback(toRefusal(thrown)),
    );
  };

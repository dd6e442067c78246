import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { endWith } from './calls.ts';
import { accessDenied, toRefusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { createOutbound } from './outbound.ts';
import { readAll, readStream } from './read-events.ts';
import { readPlan } from './read-request.ts';
import { subscribe } from './subscribe.ts';

/** `Streams.Read`: reads and subscriptions, of a stream or of `$all`. */
export const createRead =
  (context: NodeContext): handleServerStreamingCall<ReadReq, Buffer> =>
  (call) => {
    const outbound = createOutbound(call);
    const done = context.calls.add((why) => endWith(call, why));
    const answer = async (): Promise<void> => {
      const identity = await context.access.authenticate(call.metadata);
      const plan = readPlan(call.request);
      if (!context.access.may(identity, 'read', plan.stream ?? '$all')) throw accessDenied();
      if (plan.count === 'subscription') await subscribe(context, plan, outbound);
      else if (plan.stream === undefined) await readAll(context, plan, outbound);
      else await readStream(context, plan, outbound);
    };
    answer()
      .then(() => {
        if (!outbound.closed) call.end();
      })
      .catch((thrown: unknown) => endWith(call, toRefusal(thrown)))
      .finally(done);
  };

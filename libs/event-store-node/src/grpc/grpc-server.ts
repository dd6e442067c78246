import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { cannotListen } from '../listening.ts';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import projections from '@eventstore/db-client/generated/projections_grpc_pb.js';
import users from '@eventstore/db-client/generated/users_grpc_pb.js';
import operations from '@eventstore/db-client/generated/operations_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import monitoring from '@eventstore/db-client/generated/monitoring_grpc_pb.js';
import type { TlsFiles } from '../http/http-server.ts';
import { createAppend } from './append.ts';
import { createBatchAppend } from './batch-append.ts';
import { shuttingDown } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { createRead } from './read.ts';
import { createRemove } from './remove.ts';
import { getSupportedMethods } from './server-features.ts';
import { STREAMS_SERVICE } from './streams-service.ts';
import { unimplemented } from './unimplemented.ts';

const NOT_SERVED: readonly (readonly [ServiceDefinition, string])[] = [
  [persistent.PersistentSubscriptionsService, 'this node has no persistent subscriptions: use catch-up subscriptions'],
  [projections.ProjectionsService, 'this node has no projections: follow $all with a filter'],
  [users.UsersService, 'users are made by HTTP POST /users/'],
  [operations.OperationsService, 'operations of this node are commands of its process: see its README'],
  [gossip.GossipService, 'this is a single node: connect to it with esdb://, without discovery'],
  [monitoring.MonitoringService, 'metrics of this node are at /metrics over HTTP'],
];

export interface GrpcServer {
  readonly port: number;
  /** Ends every open call with UNAVAILABLE, and then the connections. */
  close(): Promise<void>;
}

/** @throws Failure `unavailable` when the port is in use. */
export async function listenGrpc(
  context: NodeContext,
  { host, port, tls }: { readonly host: string; readonly port: number; readonly tls?: TlsFiles | undefined },
): Promise<GrpcServer> {
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ cert_chain: tls.certificate, private_key: tls.privateKey }]);
  const server = new Server({
    'grpc.max_receive_message_length': context.limits.messageBytesMax,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': context.limits.callsPerConnectionMax,
    'grpc.so_reuseport': 0,
    // A client that went away without a word must not keep its subscriptions.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  server.addService(STREAMS_SERVICE, {
    read: createRead(context),
    append: createAppend(context),
    batchAppend: createBatchAppend(context),
    delete: createRemove(context, 'delete'),
    tombstone: createRemove(context, 'tombstone'),
  });
  server.addService(features.ServerFeaturesService, { getSupportedMethods });
  for (const [service, why] of NOT_SERVED) server.addService(service, unimplemented(service, why));
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, credentials, (error, chosen) => {
      if (error === null) resolve(chosen);
      else reject(cannotListen(host, port, error));
    });
  });
  return {
    port: bound,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.tryShutdown(() => resolve());
      });
      context.calls.endAll(shuttingDown());
      const patience = setTimeout(() => server.forceShutdown(), 1000);
      await closed;
      clearTimeout(patience);
    },
  };
}

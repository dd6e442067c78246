import { Client, credentials, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js';

export interface RawOutcome {
  /** The gRPC status; undefined if the node had not ended the call when we gave it up. */
  readonly code: number | undefined;
  readonly details: string;
  readonly responses: readonly Buffer[];
}

export interface RawCall {
  /** Full path of the method. */
  readonly path: string;
  readonly messages: readonly Buffer[];
  readonly end: 'half-close' | 'cancel' | 'leave';
}

export interface RawClient extends Disposable {
  /** Sends bytes as messages. A call that the node does not end is cancelled after `patienceMs`. */
  call(call: RawCall, patienceMs?: number): Promise<RawOutcome>;
}

/** Speaks gRPC without knowing any message. */
export function createRawClient(target: string): RawClient {
  const client = new Client(target, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.max_receive_message_length': -1,
  });
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    call: ({ path, messages, end }, patienceMs = 300) =>
      new Promise((resolve) => {
        const responses: Buffer[] = [];
        const call: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(path, asIs, asIs);
        let gaveUp = false;
        const patience = setTimeout(() => {
          gaveUp = true;
          call.cancel();
        }, patienceMs);
        const finish = (code: number | undefined, details: string): void => {
          clearTimeout(patience);
          resolve({ code: gaveUp ? undefined : code, details, responses });
        };
        call.on('data', (response: Buffer) => responses.push(response));
        call.on('error', (error: ServiceError) => finish(error.code, error.details));
        call.on('end', () => finish(0, ''));
        for (const message of messages) call.write(message);
        if (end === 'half-close') call.end();
        if (end === 'cancel') setImmediate(() => call.cancel());
      }),
    [Symbol.dispose]: () => client.close(),
  };
}

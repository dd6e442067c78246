import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  credentials,
  type ChannelCredentials,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import service from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { appended, batchAppended, deleted, failure, message } from './answers.ts';
import { isAnswerTo } from './compare.ts';
import { Names, newRunName } from './names.ts';
import { appendRequests, batchRequests, deleteRequest, metadata, readRequest, tombstoneRequest } from './requests.ts';
import type { TapeAppend, TapeRead, TapeScenario, TapeStep, TapeWrite } from './tape.ts';

/** No silence was recorded, so a longer wait costs nothing, and a busy machine answers late. */
const PATIENCE_MS = 30_000;
const QUIET_MS = 300;
const MESSAGE_BYTES_MAX = 64 << 20;

type StreamsClient = InstanceType<typeof service.StreamsClient>;
type Message = Record<string, unknown>;

interface Following {
  readonly call: ClientReadableStream<ReadResp>;
  readonly messages: Message[];
  taken: number;
  ended: boolean;
}

/** What a scenario's wrong answers were; empty if all was as recorded. */
export interface Played {
  readonly name: string;
  readonly wrong: readonly {
    readonly step: number;
    readonly request: unknown;
    readonly recorded: unknown;
    readonly got: unknown;
  }[];
}

export interface TapePlayer extends Disposable {
  /** Never rejects: what is wrong is in the result. */
  play(scenario: TapeScenario): Promise<Played>;
}

/** Plays scenarios against `host:port`; several may be played at the same time. */
export function createTapePlayer(
  target: string,
  security: ChannelCredentials = credentials.createInsecure(),
): TapePlayer {
  const run = newRunName();
  const client = new service.StreamsClient(target, security, {
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    play: (scenario) => playScenario(client, scenario, new Names(run, scenario.name)),
    [Symbol.dispose]: () => client.close(),
  };
}

async function playScenario(client: StreamsClient, scenario: TapeScenario, names: Names): Promise<Played> {
  const following = new Map<string, Following>();
  const answers: unknown[] = [];
  for (const step of scenario.steps) answers.push(await playStep(client, step, names, following));
  for (const { call } of following.values()) call.cancel();
  const ranked = answers.map((answer) => names.ranked(answer));
  const wrong = scenario.steps.flatMap(({ answer, or, ...request }, index) =>
    isAnswerTo({ answer, ...(or && { or }) }, ranked[index])
      ? []
      : [{ step: index + 1, request, recorded: answer, got: ranked[index] }],
  );
  return { name: scenario.name, wrong };
}

async function playStep(
  client: StreamsClient,
  step: TapeStep,
  names: Names,
  following: Map<string, Following>,
): Promise<unknown> {
  if (step.append !== undefined)
    return step.append.via === 'append'
      ? append(client, step.append, names)
      : (await batch(client, [step.append], names))[0];
  if (step.batch !== undefined) return batch(client, step.batch, names);
  if (step.delete !== undefined) return remove(client, 'delete', step.delete, names);
  if (step.tombstone !== undefined) return remove(client, 'tombstone', step.tombstone, names);
  if (step.read !== undefined) return read(client, step.read, names);
  if (step.subscribe !== undefined) {
    following.set(step.subscribe.name, follow(client, step.subscribe, names));
    return undefined;
  }
  const followed = following.get(step.collect?.name ?? '');
  if (step.collect !== undefined && followed !== undefined) return collect(followed, step.collect);
  // What is waited for is time itself: an age that passes.
  await pause(step.wait ?? 0);
  return undefined;
}

function append(client: StreamsClient, request: TapeAppend, names: Names): Promise<unknown> {
  return new Promise((resolve) => {
    const deadline = Date.now() + PATIENCE_MS;
    const call = client.append(metadata(request.as), { deadline }, (error, answer) =>
      resolve(error === null ? appended(answer, names) : failure(error, names)),
    );
    for (const message of appendRequests(request, names)) call.write(message);
    call.end();
  });
}

/** All appends on one call, back to back; their answers in the order of the requests. */
function batch(client: StreamsClient, appends: readonly TapeAppend[], names: Names): Promise<unknown[]> {
  return new Promise((resolve) => {
    const correlations = appends.map(() => randomUUID());
    const answers = new Map<number, unknown>();
    let ended: unknown = { silence: true };
    const call: ClientDuplexStream<BatchAppendReq, BatchAppendResp> = client.batchAppend(metadata(appends[0]?.as));
    const finish = (): void => {
      clearTimeout(patience);
      call.cancel();
      resolve(appends.map((_, index) => answers.get(index) ?? ended));
    };
    const patience = setTimeout(finish, PATIENCE_MS);
    call.on('data', (answer: BatchAppendResp) => {
      const found = correlations.indexOf((answer.getCorrelationId()?.getString() ?? '') as (typeof correlations)[0]);
      answers.set(found < 0 ? 0 : found, batchAppended(answer, names));
      if (answers.size === appends.length) finish();
    });
    call.on('error', (error: ServiceError) => {
      ended = failure(error, names);
      finish();
    });
    appends.forEach((one, index) => {
      for (const request of batchRequests(one, correlations[index] ?? '', names)) call.write(request);
    });
  });
}

function remove(client: StreamsClient, kind: 'delete' | 'tombstone', write: TapeWrite, names: Names): Promise<unknown> {
  return new Promise((resolve) => {
    const options = { deadline: Date.now() + PATIENCE_MS };
    const fail = (error: ServiceError): void => resolve(failure(error, names));
    if (kind === 'delete')
      client.delete(deleteRequest(write, names), metadata(write.as), options, (error, answer) =>
        error === null ? resolve(deleted(answer, names)) : fail(error),
      );
    else
      client.tombstone(tombstoneRequest(write, names), metadata(write.as), options, (error, answer) =>
        error === null ? resolve(deleted(answer, names)) : fail(error),
      );
  });
}

function read(client: StreamsClient, request: TapeRead, names: Names): Promise<unknown> {
  return new Promise((resolve) => {
    const messages: Message[] = [];
    const req: ReadReq = readRequest(request, false, names);
    const call = client.read(req, metadata(request.as), { deadline: Date.now() + PATIENCE_MS });
    call.on('data', (answer: ReadResp) => {
      const plain = message(answer, request.all === true, names);
      if (plain !== undefined) messages.push(plain);
    });
    call.on('error', (error: ServiceError) => resolve({ messages, ...failure(error, names) }));
    call.on('end', () => resolve({ messages }));
  });
}

function follow(client: StreamsClient, request: TapeRead, names: Names): Following {
  const call = client.read(readRequest(request, true, names), metadata(request.as));
  const following: Following = { call, messages: [], taken: 0, ended: false };
  call.on('data', (answer: ReadResp) => {
    // How far a filter has come depends on everything else in the log.
    if (request.all === true && answer.hasCheckpoint()) return;
    const plain = message(answer, request.all === true, names);
    if (plain !== undefined) following.messages.push(plain);
  });
  call.on('error', (error: ServiceError) => {
    following.messages.push(failure(error, names));
    following.ended = true;
  });
  call.on('end', () => following.messages.push({ end: true }));
  return following;
}

/** The messages since the last look: until there are enough, and then until it is quiet. */
async function collect(following: Following, want: NonNullable<TapeStep['collect']>): Promise<unknown> {
  const { n, until, quiet = QUIET_MS } = want;
  const enough = (): boolean => {
    const fresh = following.messages.slice(following.taken);
    if (following.ended || (n === undefined && until === undefined)) return true;
    return (n !== undefined && fresh.length >= n) || (until !== undefined && fresh.some((one) => until in one));
  };
  for (const end = Date.now() + PATIENCE_MS; !enough() && Date.now() < end;) await pause(20);
  for (let count = -1; count !== following.messages.length;) {
    count = following.messages.length;
    await pause(quiet);
  }
  const fresh = following.messages.slice(following.taken);
  following.taken = following.messages.length;
  return fresh;
}

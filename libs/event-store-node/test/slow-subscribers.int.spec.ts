import { jest } from '@jest/globals';
import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import service from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { createEventStoreNode } from '../src/node.ts';
import type { SlowSubscribers } from '../src/grpc/node-context.ts';
import { Names } from './tape/names.ts';
import { readRequest } from './tape/requests.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './waiting.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

/** More than fits into what HTTP/2 has in flight. */
const large = (count: number) =>
  Array.from({ length: count }, () => jsonEvent({ type: 'Large', data: { text: 'x'.repeat(2000) } }));

/** A live subscriber that stops reading while 1,000 events are written, and then reads on. */
async function fallBehind(slowSubscribers: SlowSubscribers) {
  using folder = temporaryFolder();
  await using node = await createEventStoreNode({ dataFolder: folder.path, slowSubscribers });
  const writer = EventStoreDBClient.connectionString(node.connectionString);
  const reader = new service.StreamsClient(`127.0.0.1:${node.port}`, credentials.createInsecure());
  const revisions: number[] = [];
  const errors: ServiceError[] = [];
  let caughtUp = 0;
  const names = new Names('slow', slowSubscribers);
  const stream = names.stream('s');
  await writer.appendToStream(stream, large(1));
  const call = reader.read(readRequest({ stream: 's' }, true, names), new Metadata());
  call.on('error', (error: ServiceError) => errors.push(error));
  call.on('data', (message: ReadResp) => {
    if (message.hasCaughtUp()) caughtUp += 1;
    const revision = message.getEvent()?.getEvent()?.getStreamRevision();
    if (revision !== undefined) revisions.push(Number(revision));
  });
  await until('being live', () => caughtUp === 1);
  call.pause();
  for (let part = 0; part < 10; part += 1) await writer.appendToStream(stream, large(100));
  call.resume();
  await until('the end of the story', () => errors.length > 0 || revisions.length === 1001);
  if (errors.length === 0) await until('being live again', () => caughtUp > 1);
  const told = [...errors];
  call.cancel();
  reader.close();
  void writer.dispose();
  return { revisions, errors: told, caughtUp };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a live subscriber that is more than 32 events behind', () => {
  it('goes back to catching up, loses nothing, and is told when it is live again', async () => {
    const { revisions, errors, caughtUp } = await fallBehind('catch-up');
    expect(errors).toEqual([]);
    expect(revisions).toEqual(upTo(1001));
    expect(caughtUp).toBeGreaterThan(1);
  });

  it('is thrown out with ABORTED if the node is told so, after an unbroken beginning', async () => {
    const { revisions, errors } = await fallBehind('disconnect');
    expect(errors[0]?.code).toBe(10);
    expect(errors[0]?.details).toMatch(/Consumer too slow/u);
    expect(revisions).toEqual(upTo(revisions.length));
  });

  it('is thrown out also if it never reads again, as soon as it is behind', async () => {
    using folder = temporaryFolder();
    await using node = await createEventStoreNode({ dataFolder: folder.path, slowSubscribers: 'disconnect' });
    const writer = EventStoreDBClient.connectionString(node.connectionString);
    const reader = new service.StreamsClient(`127.0.0.1:${node.port}`, credentials.createInsecure());
    const names = new Names('slow', 'stalled');
    const call = reader.read(readRequest({ stream: 's' }, true, names), new Metadata());
    let live = false;
    let stalled = true;
    let code: number | undefined;
    call.on('data', (message: ReadResp) => {
      live ||= message.hasCaughtUp();
      if (live && stalled) call.pause();
    });
    call.on('status', (told) => (code = told.code));
    call.on('error', () => undefined);
    await until('being live', () => live);
    for (let n = 0; n < 400; n += 1) await writer.appendToStream(names.stream('s'), large(1));
    stalled = false;
    call.resume();
    await until('the end', () => code !== undefined);
    expect(code).toBe(10);
    reader.close();
    void writer.dispose();
  });

  it('is no matter of how much there is to catch up on', async () => {
    using folder = temporaryFolder();
    await using node = await createEventStoreNode({ dataFolder: folder.path, slowSubscribers: 'disconnect' });
    const client = EventStoreDBClient.connectionString(node.connectionString);
    for (let part = 0; part < 5; part += 1) await client.appendToStream('old', large(200));
    let seen = 0;
    const subscription = client.subscribeToStream('old');
    let caughtUp = false;
    subscription.on('data', () => (seen += 1)).on('caughtUp', () => (caughtUp = true));
    await until('being caught up', () => caughtUp && seen === 1000);
    await subscription.unsubscribe();
    void client.dispose();
  });
});

import { jest } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { eventually } from '@mooring/testing';
import { isFailure } from '@mooring/kernel';
import { connectBus, createCredentialChannel, createNkeyUser, provision, topology } from '../src/index.ts';
import { cloudEvent, publish } from './events.ts';
import { USERS, mayPublish, maySubscribe, startGuardedNats, type User } from './harness.ts';

jest.setTimeout(30_000);

const CONNECTION = '5f3c2a10-8f5b-4f6e-9d3a-0c9b8a7f6e5d';

describe('permissions', () => {
  let guarded: Awaited<ReturnType<typeof startGuardedNats>>;
  beforeAll(async () => {
    guarded = await startGuardedNats();
  });
  afterAll(() => guarded[Symbol.asyncDispose]());

  /** Who may; everybody else may not. */
  const publishing: readonly (readonly [string, readonly User[]])[] = [
    ['relay.connections.connection.registered.x', ['connections']],
    ['relay.discovery.watch.begun.x', ['discovery']],
    ['relay.inventory.resources.changed.x', ['discovery']],
    ['$JS.API.STREAM.MSG.GET.INVENTORY', ['discovery']],
    ['relay.notifications.notification.raised.x', ['notifications']],
    ['events.connections.connection.registered.x', []],
    ['events.discovery.watch.begun.x', []],
    ['dead.connections.events.discovery.watch.begun.x', ['connections']],
    ['dead.discovery.events.connections.connection.registered.x', ['discovery']],
    ['redrive.connections.events.discovery.watch.begun.x', ['operator']],
    ['$JS.API.STREAM.INFO.CONNECTIONS', ['connections', 'provisioner', 'audit']],
    ['$JS.API.STREAM.INFO.KV_CREDENTIALS', ['connections', 'discovery', 'provisioner']],
    ['$JS.API.STREAM.MSG.GET.CONNECTIONS', ['connections']],
    ['$JS.API.STREAM.MSG.GET.DEAD_LETTERS', ['operator']],
    ['$JS.API.DIRECT.GET.DEAD_LETTERS', ['operator']],
    ['$JS.API.STREAM.MSG.DELETE.DEAD_LETTERS', ['operator']],
    ['$JS.API.CONSUMER.INFO.DEAD_LETTERS.connections-from-redrive', ['connections', 'provisioner', 'operator']],
    ['$JS.API.STREAM.MSG.DELETE.CONNECTIONS', []],
    ['$JS.API.STREAM.PURGE.CONNECTIONS', []],
    ['$JS.API.STREAM.PURGE.KV_CREDENTIALS', []],
    ['$JS.API.STREAM.DELETE.CONNECTIONS', []],
    ['$JS.API.STREAM.CREATE.ANYTHING', ['provisioner']],
    ['$JS.API.STREAM.UPDATE.CONNECTIONS', ['provisioner']],
    ['$JS.API.STREAM.SNAPSHOT.KV_CREDENTIALS', []],
    ['$JS.API.CONSUMER.CREATE.CONNECTIONS.audit', ['provisioner', 'audit']],
    ['$JS.API.CONSUMER.CREATE.CONNECTIONS.discovery-from-connections', ['provisioner']],
    ['$JS.API.CONSUMER.CREATE.CONNECTIONS', ['provisioner']],
    ['$JS.API.CONSUMER.CREATE.KV_CREDENTIALS.audit', ['provisioner']],
    ['$JS.API.CONSUMER.CREATE.DEAD_LETTERS.audit', ['provisioner']],
    ['$JS.API.CONSUMER.DELETE.CONNECTIONS.audit', ['audit']],
    ['$JS.API.CONSUMER.DELETE.CONNECTIONS.discovery-from-connections', []],
    ['$JS.API.CONSUMER.INFO.CONNECTIONS.discovery-from-connections', ['discovery', 'provisioner']],
    ['$JS.API.CONSUMER.MSG.NEXT.CONNECTIONS.discovery-from-connections', ['discovery']],
    ['$JS.API.CONSUMER.RESET.CONNECTIONS.discovery-from-connections', ['discovery']],
    ['$JS.API.CONSUMER.MSG.NEXT.DISCOVERY.notifications-from-discovery', ['notifications']],
    ['$JS.API.CONSUMER.MSG.NEXT.DEAD_LETTERS.connections-from-redrive', ['connections']],
    ['$JS.API.CONSUMER.MSG.NEXT.CONNECTIONS.audit', ['audit']],
    ['$JS.API.CONSUMER.MSG.NEXT.INVENTORY.audit', ['audit']],
    ['$JS.ACK.CONNECTIONS.discovery-from-connections.1.1.1.1.0', ['discovery']],
    ['$JS.ACK.CONNECTIONS.audit.1.1.1.1.0', ['audit']],
    ['$KV.CREDENTIALS.some-key', ['connections']],
    ['$JS.API.DIRECT.GET.KV_CREDENTIALS.$KV.CREDENTIALS.some-key', ['connections', 'discovery']],
    ['$SYS.REQ.SERVER.PING', []],
    ['_INBOX_discovery.x', []],
  ];
  it.each(publishing)('to publish %s belong to %j alone', async (subject, allowed) => {
    for (const user of USERS)
      expect([user, await mayPublish(guarded.buses[user], subject)]).toEqual([user, allowed.includes(user)]);
  });

  const subscribing: readonly (readonly [string, readonly User[]])[] = [
    ['events.>', ['audit']],
    ['relay.>', []],
    ['dead.>', []],
    ['$KV.CREDENTIALS.>', ['discovery']],
    ['_INBOX_connections.>', ['connections']],
    ['_INBOX_discovery.>', ['discovery']],
    ['_INBOX.>', ['audit']],
    ['$JS.EVENT.ADVISORY.>', []],
    ['>', []],
  ];
  it.each(subscribing)('to subscribe to %s belong to %j alone', async (subject, allowed) => {
    for (const user of USERS)
      expect([user, await maySubscribe(guarded.buses[user], subject)]).toEqual([user, allowed.includes(user)]);
  });

  it('let nobody in with an unknown key or none', async () => {
    const servers = guarded.nats.url;
    await expect(connectBus({ servers, name: 'nobody' })).rejects.toMatchObject({ code: 'denied' });
    await expect(connectBus({ servers, name: 'nobody', user: createNkeyUser() })).rejects.toMatchObject({
      code: 'denied',
    });
  });

  it('let an outside reader see events live, and read them from the beginning and go on where it stopped', async () => {
    const { audit, discovery } = guarded.buses;
    const live: string[] = [];
    audit.connection.subscribe('events.>', { callback: (_error, message) => void live.push(message.subject) });
    await audit.connection.flush();
    for (const epoch of [1, 2, 3]) await publish(discovery, cloudEvent(CONNECTION, epoch));
    const subject = `events.discovery.watch.begun.${CONNECTION}`;
    await eventually(() => expect(live).toEqual([subject, subject, subject]));

    const manager = await jetstreamManager(audit.connection);
    await manager.consumers.add('DISCOVERY', { durable_name: 'audit', ack_policy: 'explicit' });
    const read = async (max: number): Promise<number[]> => {
      const consumer = await jetstream(audit.connection).consumers.get('DISCOVERY', 'audit');
      const sequences: number[] = [];
      for await (const message of await consumer.fetch({ max_messages: max, expires: 1_000 })) {
        sequences.push(message.seq);
        await message.ackAck();
      }
      return sequences;
    };
    expect(await read(2)).toEqual([1, 2]);
    expect(await read(1)).toEqual([3]);
  });

  it('keep credentials between the one who writes and the one who reads them', async () => {
    const { connections, discovery, notifications } = guarded.buses;
    const writer = createCredentialChannel(connections);
    const reader = createCredentialChannel(discovery);
    const stranger = createCredentialChannel(notifications);
    await writer.put('c1', new Uint8Array([1, 2, 3]));
    expect(await reader.get('c1')).toEqual(new Uint8Array([1, 2, 3]));
    await expect(reader.put('c1', new Uint8Array([9]))).rejects.toMatchObject({ code: 'denied' });
    await expect(stranger.get('c1')).rejects.toMatchObject({ code: 'denied' });
    await expect(stranger.keys()).rejects.toMatchObject({ code: 'denied' });
  });

  it('refuse provisioning to everybody but the provisioner', async () => {
    const error: unknown = await provision(guarded.buses.connections, topology()).catch((thrown: unknown) => thrown);
    expect(isFailure(error, 'denied')).toBe(true);
  });
});

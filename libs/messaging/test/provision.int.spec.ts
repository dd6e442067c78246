import { durableOf } from '@mooring/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { Kvm } from '@nats-io/kv';
import { eventually, startTestNats } from '@mooring/testing';
import { connectBus, createCredentialChannel, provision, topology } from '../src/index.ts';

describe('provisioning', () => {
  it('makes every stream, durable and bucket once, and changes nothing the second time', async () => {
    await using nats = await startTestNats();
    await using bus = await connectBus({ servers: nats.url, name: 'provisioner' });
    const manager = await jetstreamManager(bus.connection);
    const everything = async () => {
      const streams = await manager.streams.list().next();
      const consumers = await Promise.all(streams.map(({ config }) => manager.consumers.list(config.name).next()));
      return {
        streams: streams.map(({ config, created }) => ({ config, created })),
        consumers: consumers.flat().map(({ name, config, created }) => ({ name, config, created })),
      };
    };

    await provision(bus, topology());
    const first = await everything();
    expect(first.streams.map(({ config }) => config.name).sort()).toEqual([
      'CONNECTIONS',
      'DEAD_LETTERS',
      'DISCOVERY',
      'INVENTORY',
      'KV_CREDENTIALS',
      'NOTIFICATIONS',
    ]);
    const { subscriptions } = topology();
    expect(first.consumers.map(({ name }) => name).sort()).toEqual(
      [
        ...subscriptions.map(durableOf),
        ...['connections', 'discovery', 'notifications'].map((consumer) => `${consumer}-from-redrive`),
      ].sort(),
    );
    await provision(bus, topology());
    expect(await everything()).toEqual(first);
  });

  it('keeps everything: what was published can be neither purged nor deleted', async () => {
    await using nats = await startTestNats();
    await using bus = await connectBus({ servers: nats.url, name: 'provisioner' });
    await provision(bus, topology());
    const manager = await jetstreamManager(bus.connection);
    await bus.connection.request('relay.discovery.watch.begun.x', '{}', { timeout: 2_000 });
    await expect(manager.streams.purge('DISCOVERY')).rejects.toThrow('purge not permitted');
    await expect(manager.streams.deleteMessage('DISCOVERY', 1)).rejects.toThrow('delete not permitted');
  });

  it('limits the stream of inventory changes by age and size, and by the room there is', async () => {
    await using nats = await startTestNats({ config: 'jetstream: { max_file_store: 40MB }' });
    await using bus = await connectBus({ servers: nats.url, name: 'provisioner' });
    const manager = await jetstreamManager(bus.connection);
    const inventory = async () => (await manager.streams.info('INVENTORY')).config;
    await provision(bus, topology({ ageMsMax: 3_600_000 }));
    expect(await inventory()).toMatchObject({ max_age: nanos(3_600_000), max_bytes: 2 ** 25, discard: 'old' });
    await provision(bus, topology({ bytesMax: 2 ** 24 }));
    expect(await inventory()).toMatchObject({ max_age: nanos(86_400_000), max_bytes: 2 ** 24 });
  });

  it('brings the bucket of an earlier version to today’s settings, with what is in it', async () => {
    await using nats = await startTestNats();
    await using bus = await connectBus({ servers: nats.url, name: 'provisioner' });
    const earlier = await new Kvm(bus.connection).create('CREDENTIALS', { history: 1 });
    await earlier.put('c1', 'kept');
    await earlier.put('c2', 'erased');
    await provision(bus, topology());
    const channel = createCredentialChannel(bus);
    await channel.erase('c2');
    const manager = await jetstreamManager(bus.connection);
    await eventually(async () => expect((await manager.streams.info('KV_CREDENTIALS')).state.messages).toBe(1));
    expect(await channel.get('c1')).toEqual(new TextEncoder().encode('kept'));
  });

  it('brings back what can be changed, and refuses what cannot with what to do', async () => {
    await using nats = await startTestNats();
    await using bus = await connectBus({ servers: nats.url, name: 'provisioner' });
    await provision(bus, topology());
    const manager = await jetstreamManager(bus.connection);
    await manager.consumers.update('DISCOVERY', 'connections-from-discovery', { ack_wait: nanos(5_000) });
    await provision(bus, topology());
    const { config } = await manager.consumers.info('DISCOVERY', 'connections-from-discovery');
    expect(config.ack_wait).toBe(nanos(10_000));

    await manager.streams.delete('CONNECTIONS');
    await manager.streams.add({ name: 'CONNECTIONS', subjects: ['relay.connections.>'], storage: 'memory' });
    await expect(provision(bus, topology())).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(
        /stream CONNECTIONS exists with other settings \(.*storage.*\).*use another store folder/,
      ),
    });
  });
});

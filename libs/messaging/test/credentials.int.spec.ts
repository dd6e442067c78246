import { jetstreamManager } from '@nats-io/jetstream';
import { eventually } from '@mooring/testing';
import { createCredentialChannel, type Bus } from '../src/index.ts';
import { startOpenNats } from './harness.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** How many messages the bucket has, what is left of erased values included. */
async function kept(bus: Bus): Promise<number> {
  const manager = await jetstreamManager(bus.connection);
  return (await manager.streams.info('KV_CREDENTIALS')).state.messages;
}

describe('the channel of credentials', () => {
  it('gives the last value put, and nothing once it is erased', async () => {
    await using open = await startOpenNats();
    const channel = createCredentialChannel(open.bus);
    expect(await channel.get('c1')).toBeUndefined();
    await channel.put('c1', bytes('first'));
    await channel.put('c1', bytes('second'));
    await channel.put('c2', bytes('other'));
    expect(await channel.get('c1')).toEqual(bytes('second'));
    expect((await channel.keys()).toSorted()).toEqual(['c1', 'c2']);

    await channel.erase('c1');
    expect(await channel.get('c1')).toBeUndefined();
    expect(await channel.keys()).toEqual(['c2']);
  });

  it('keeps no older value than the last', async () => {
    await using open = await startOpenNats();
    const channel = createCredentialChannel(open.bus);
    for (const text of ['first', 'second', 'third']) await channel.put('c1', bytes(text));
    expect(await kept(open.bus)).toBe(1);
    await channel.erase('c1');
    expect(await kept(open.bus)).toBeLessThanOrEqual(1);
  });

  it('keeps nothing at all of what was erased, soon after, however often something is', async () => {
    await using open = await startOpenNats();
    const channel = createCredentialChannel(open.bus);
    const keys = Array.from({ length: 20 }, (_, n) => `c${n}`);
    await Promise.all(keys.map((key) => channel.put(key, bytes(key))));
    await Promise.all(keys.map((key) => channel.erase(key)));
    expect(await channel.keys()).toEqual([]);
    await eventually(async () => expect(await kept(open.bus)).toBe(0));
  });

  it('keeps nothing of what was erased without ever having been there', async () => {
    await using open = await startOpenNats();
    const channel = createCredentialChannel(open.bus);
    await channel.erase('never-there');
    expect(await kept(open.bus)).toBe(0);
  });

  it('tells its watchers where to look: at all first and after a reconnection, then at what changed', async () => {
    await using open = await startOpenNats();
    await using reader = await open.connect('reader');
    const writer = createCredentialChannel(open.bus);
    const stopping = new AbortController();
    const told: (string | undefined)[] = [];
    createCredentialChannel(reader).watch((key) => void told.push(key), stopping.signal);
    await reader.connection.flush();
    await writer.put('c1', bytes('x'));
    await writer.erase('c1');
    await eventually(() => expect(told).toStrictEqual([undefined, 'c1', 'c1']));
    await open.nats.crash();
    await open.nats.restart();
    await eventually(() => expect(told).toStrictEqual([undefined, 'c1', 'c1', undefined]));
    stopping.abort();
    await open.bus.whenConnected(new AbortController().signal);
    await writer.put('c2', bytes('y'));
    await reader.connection.flush();
    expect(told).toHaveLength(4);
  });
});

import { jetstreamManager } from '@nats-io/jetstream';
import { eventually } from '@mooring/testing';
import { createCredentialChannel } from '../src/index.ts';
import { startOpenNats } from './harness.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

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
    await channel.erase('never-there');
  });

  it('keeps no older value than the last', async () => {
    await using open = await startOpenNats();
    const channel = createCredentialChannel(open.bus);
    for (const text of ['first', 'second', 'third']) await channel.put('c1', bytes(text));
    await channel.erase('c1');
    const { state } = await (await jetstreamManager(open.bus.connection)).streams.info('KV_CREDENTIALS');
    expect(state.messages).toBe(1);
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

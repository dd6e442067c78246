import { encodeStructured } from '@mooring/contracts';
import { cloudEvent } from '../../test/events.ts';
import { readIncoming } from './incoming.ts';

const CONNECTION = '5f3c2a10-8f5b-4f6e-9d3a-0c9b8a7f6e5d';
const event = cloudEvent(CONNECTION, 1);
const all = (): boolean => true;
const read = (change: object, wanted = all) => readIncoming(encodeStructured({ ...event, ...change }), [], wanted);

describe('a message as it comes in', () => {
  it('is an event when its type is known and wanted and its data fits', () => {
    expect(read({})).toEqual({ kind: 'event', event });
  });

  it('is not looked at further when nobody here wants its type, not even in a newer version or with wrong data', () => {
    expect(read({ data: {} }, () => false)).toEqual({ kind: 'not-wanted' });
    expect(read({ type: 'io.meshery.discovery.watch.begun.v2' }, () => false)).toEqual({ kind: 'not-wanted' });
  });

  it('is of unknown type when nobody declared it', () => {
    expect(read({ type: 'io.meshery.discovery.watch.paused.v1' })).toEqual({
      kind: 'unknown-type',
      type: 'io.meshery.discovery.watch.paused.v1',
    });
  });

  it.each([
    ['a newer version', { type: 'io.meshery.discovery.watch.begun.v2' }, 'is newer than'],
    ['data against its schema', { data: { connectionId: CONNECTION } }, 'epoch'],
    ['an envelope without an id', { id: '' }, '/id'],
  ])('cannot be read with %s, and says why', (_what, change, reason) => {
    expect(read(change)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
  });

  it('cannot be read when it is no JSON, or broken binary mode', () => {
    expect(readIncoming(new Uint8Array([0xff, 0x00]), [], all).kind).toBe('unreadable');
    expect(readIncoming(new Uint8Array([0x7b, 0x7d]), [['ce-specversion', '%zz']], all).kind).toBe('unreadable');
  });
});

import { dataFindings, decodeCloudEvent, envelopeFindings, eventTypeOf } from '@mooring/contracts';
import fc from 'fast-check';
import { batchesOf, changedEvent, droppedEvent, erasedEvent, EVENT_BYTES_MAX } from './inventory-events.ts';

const fact = {
  connectionId: '4c1c1b7e-6f0f-4f0a-9f5e-0d6d0a3e7c11',
  batch: 7n,
  eventId: '0d0a7c3e-7d3c-4f7e-9f3e-7f7f1a2b3c4d',
  at: new Date('2026-11-21T10:00:00Z'),
  systemId: '2f0e8f0a-7d0b-4b55-9f0e-0d8a3a2b1c4d',
};

const upserted = { op: 'upsert', type: 'pods', uid: 'u', hash: 'h', record: { name: 'a [] }} $& b' } };

describe('what the inventory publishes', () => {
  it.each([
    ['changes', changedEvent({ ...fact, clusterUid: 'uid' }, [JSON.stringify(upserted), JSON.stringify(upserted)])],
    ['a gap', droppedEvent(fact, 'outbox-full')],
    ['the end', erasedEvent(fact)],
  ])('%s as a CloudEvent that fits its declaration, numbered, of discovery', (_what, text) => {
    const event = decodeCloudEvent(new TextEncoder().encode(text));
    expect(envelopeFindings(event)).toEqual([]);
    expect(dataFindings(eventTypeOf(event.type)!, event.data)).toEqual([]);
    expect(event).toMatchObject({
      source: 'urn:meshery:service:discovery',
      sequence: '7',
      subject: fact.connectionId,
      data: { batch: 7, connectionId: fact.connectionId },
    });
  });

  it('carries changes as they were given', () => {
    const { data } = JSON.parse(changedEvent(fact, [JSON.stringify(upserted)])) as { data: { changes: unknown } };
    expect(data.changes).toEqual([upserted]);
  });

  it('is put into as few messages as hold it, in order, none longer than 256 KiB', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: EVENT_BYTES_MAX - 4 * 1024 })), (lengths) => {
        const batches = batchesOf(lengths);
        expect(batches).toEqual([...batches].sort((a, b) => a - b));
        const members = [...new Set(batches)].map((batch) =>
          lengths.filter((_length, index) => batches[index] === batch),
        );
        for (const group of members) {
          const texts = group.map((length) => `"${'x'.repeat(length - 2)}"`);
          const bytes = Buffer.byteLength(changedEvent({ ...fact, clusterUid: 'u'.repeat(1024) }, texts));
          expect(bytes).toBeLessThanOrEqual(EVENT_BYTES_MAX);
        }
        // What begins a message had no room in the one before.
        const sums = members.map((group) => group.reduce((sum, length) => sum + length + 1, 0));
        for (const [index, group] of members.slice(1).entries())
          expect((sums[index] ?? 0) + (group[0] ?? 0) + 1).toBeGreaterThan(EVENT_BYTES_MAX - 4 * 1024);
      }),
      { numRuns: 50 },
    );
  });
});

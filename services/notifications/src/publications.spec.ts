import { EVENT_TYPES, dataFindings, eventTypeOf } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toCloudEvent } from './publications.ts';

interface Example {
  readonly stored: Omit<StoredEvent, 'revision' | 'position' | 'recordedAt'> & {
    readonly revision: string;
    readonly position: string;
    readonly recordedAt: string;
  };
  /** None for what does not leave this service. */
  readonly published: unknown;
}

const examples = JSON.parse(
  readFileSync(join(import.meta.dirname, 'publications.golden.json'), 'utf8'),
) as readonly Example[];

const revive = ({ stored }: Example): StoredEvent => ({
  ...stored,
  revision: BigInt(stored.revision),
  position: BigInt(stored.position),
  recordedAt: new Date(stored.recordedAt),
});

/*
 * A relay may have to publish an event again, years later: when JetStream lost it, or when a new stream is filled. Whoever
 * kept the first one must get the same, so what is once published is never mapped differently. A difference here is not
 * mended in the JSON file: keep the old mapping for what is stored, and record new facts under a new type.
 */
describe('what is published', () => {
  it.each(examples.map((example) => [example.stored.type, example] as const))(
    '%s stays as it was',
    (_type, example) => {
      expect(toCloudEvent(revive(example)) ?? null).toEqual(example.published);
    },
  );

  it('has an example of every event type of this service, each as its schema wants it', () => {
    const declared = EVENT_TYPES.filter(({ context }) => context === 'notifications').map(({ stored }) => stored);
    const covered = new Set(examples.map(({ stored }) => stored.type));
    expect(declared.filter((type) => !covered.has(type))).toEqual([]);
    for (const example of examples) {
      const event = toCloudEvent(revive(example));
      const eventType = event === undefined ? undefined : eventTypeOf(event.type);
      if (eventType !== undefined) expect(dataFindings(eventType, event?.data)).toEqual([]);
    }
  });

  it('is nothing of what this service does not know', () => {
    const [example] = examples;
    expect(example && toCloudEvent({ ...revive(example), type: 'FromTheFuture' })).toBeUndefined();
  });
});

import type { DomainEvent, StoredEvent } from './event.ts';

type Data = DomainEvent['data'];

/** Brings the data of one event type from a schema version to the next one. Pure; a stored event is a fact, so it never throws. */
export type Upcaster = (data: Data) => Data;

/** By event type, then by the schema version it starts from: `{ ConnectionRegistered: { 1: toVersion2 } }`. */
export type Upcasters = Readonly<Record<string, Readonly<Record<number, Upcaster>>>>;

/**
 * Applies every upcaster from the stored schema version upwards, in order of version; a version without one left this type
 * unchanged. `metadata.schemaVersion` then names the version that `data` has. An event stored by a newer version of the code
 * finds no upcaster and stays as it is: its `schemaVersion` tells.
 */
export function upcast(event: StoredEvent, upcasters: Upcasters): StoredEvent {
  const steps = upcasters[event.type];
  if (steps === undefined) return event;
  const versions = Object.keys(steps)
    .map(Number)
    .filter((version) => version >= event.metadata.schemaVersion)
    .sort((a, b) => a - b);
  return versions.reduce<StoredEvent>((older, version) => {
    const step = steps[version];
    if (step === undefined) return older;
    return { ...older, data: step(older.data), metadata: { ...older.metadata, schemaVersion: version + 1 } };
  }, event);
}

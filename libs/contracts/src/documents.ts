import { EVENT_TYPES, eventTypeOf } from './catalog.ts';
import { Envelope } from './cloud-event.ts';
import { STRUCTURED_MEDIA_TYPE } from './codec.ts';
import type { EventType } from './event-type.ts';
import { INVENTORY_STREAM, PRODUCERS, streamOf } from './topology.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Schemas as plain data, without what TypeBox adds for itself. */
const plain = (schema: unknown): JsonObject => JSON.parse(JSON.stringify(schema)) as JsonObject;

/** Schema of a whole CloudEvent of one type: the envelope with its constants, and the type's `data`. */
function schemaOf(eventType: EventType): JsonObject {
  const { type, dataschema, category, action, data, description } = eventType;
  const envelope = plain(Envelope);
  const properties = envelope['properties'] as JsonObject;
  return {
    ...envelope,
    description,
    required: [...(envelope['required'] as readonly string[]), 'data'],
    properties: {
      ...properties,
      type: { const: type },
      source: { const: `urn:meshery:service:${eventType.producer}` },
      dataschema: { const: dataschema },
      category: { const: category },
      action: { const: action },
      data: plain(data),
    },
  };
}

/** JSON Schema (2020-12) of the CloudEvents of a type; `undefined` for a type that nobody declared. */
export function jsonSchemaOf(type: string): JsonObject | undefined {
  const eventType = eventTypeOf(type);
  if (eventType === undefined) return undefined;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: eventType.dataschema,
    title: eventType.type,
    ...schemaOf(eventType),
  };
}

/** Every declared type, in the order of declaration. */
export const eventTypeNames = (): readonly string[] => EVENT_TYPES.map(({ type }) => type);

const channelOf = (eventType: EventType): string => `${eventType.context}.${eventType.noun}.${eventType.verb}`;

/** Names of components may hold letters, digits, `.`, `-` and `_`, which types are made of. */
const messageOf = (eventType: EventType): JsonObject => ({
  name: eventType.type,
  title: eventType.stored,
  summary: eventType.description,
  contentType: STRUCTURED_MEDIA_TYPE,
  payload: { $ref: `#/components/schemas/${eventType.type}` },
});

/** AsyncAPI 3.0 description of every event there is, where it is found on NATS, and how to read it. Pure: always the same text. */
export function asyncApiDocument(version: string): JsonObject {
  const byKey = <T>(value: (eventType: EventType) => T, key: (eventType: EventType) => string): Record<string, T> =>
    Object.fromEntries(EVENT_TYPES.map((eventType) => [key(eventType), value(eventType)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Mooring events',
      version,
      description:
        'Every fact that Mooring records, as a CloudEvent 1.0 in structured JSON. Delivery is at least once; the pair of source and id names an event, and a repeat is a duplicate. ' +
        'A plain subscription to `events.>` gives each stored event once, live. A JetStream consumer on the streams ' +
        `${PRODUCERS.map(streamOf).join(', ')} gives them from the beginning, with resume; it must be a durable named as the read-only user ("reader" unless another was made). ` +
        `${INVENTORY_STREAM} holds what changes in the clusters, in numbered batches, and keeps only the latest: whoever misses a number reads the inventory anew from the query API and goes on after the batch that it names.`,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: STRUCTURED_MEDIA_TYPE,
    servers: {
      nats: {
        host: '127.0.0.1:9082',
        protocol: 'nats',
        description:
          'As `npm start` sets it up without --port; the start prints where it really is. The user is an nkey; the read-only one is made at the first start.',
      },
    },
    channels: byKey(
      (eventType) => ({
        address: `events.${channelOf(eventType)}.{subject}`,
        description: eventType.description,
        parameters: { subject: { description: "The aggregate's id: the CloudEvent's subject." } },
        messages: { event: { $ref: `#/components/messages/${eventType.type}` } },
      }),
      channelOf,
    ),
    operations: byKey(
      (eventType) => ({
        action: 'send',
        channel: { $ref: `#/channels/${channelOf(eventType)}` },
        summary: eventType.description,
      }),
      (eventType) => `send.${channelOf(eventType)}`,
    ),
    components: {
      messages: byKey(messageOf, ({ type }) => type),
      schemas: byKey(schemaOf, ({ type }) => type),
    },
  };
}

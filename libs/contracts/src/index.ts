export { defineEvent, type DataOf, type EventDeclaration, type EventType, type FieldsOf } from './event-type.ts';
export { ErrorDescription, Narrative } from './narrative.ts';
export { SEVERITY_NUMBERS, SEVERITY_TEXTS, isForAPerson, type SeverityText } from './severity.ts';
export { Envelope, envelopeFindings, type CloudEvent } from './cloud-event.ts';
export { STRUCTURED_MEDIA_TYPE, decodeCloudEvent, encodeStructured, parseKnown } from './codec.ts';
export {
  EVENT_TYPES,
  dataFindings,
  eventTypeOf,
  eventTypeOfStored,
  storedFindings,
  typeStanding,
  type TypeStanding,
} from './catalog.ts';
export { asyncApiDocument, eventTypeNames, jsonSchemaOf } from './documents.ts';
export { deadLetterSubject, eventSubject, redriveSubject, relaySubject } from './subjects.ts';
export {
  CREDENTIAL_BUCKET,
  DEAD_LETTER_STREAM,
  INVENTORY_CONTEXT,
  INVENTORY_PRODUCER,
  INVENTORY_STREAM,
  PRODUCERS,
  SUBSCRIPTIONS,
  durableOf,
  streamOf,
  type Producer,
  type Subscription,
} from './topology.ts';
export * from './events/connections.ts';
export * from './events/discovery.ts';
export * from './events/inventory.ts';
export * from './events/notifications.ts';
export * from './api/paging.ts';
export * from './api/connections.ts';
export * from './api/clusters.ts';
export * from './api/resources.ts';
export * from './api/notifications.ts';

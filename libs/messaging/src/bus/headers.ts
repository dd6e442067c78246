/** Our own message headers, and the ones of JetStream that we set. */
export const HEADERS = {
  contentType: 'Content-Type',
  traceparent: 'traceparent',
  messageId: 'Nats-Msg-Id',
  expectedLastSequence: 'Nats-Expected-Last-Sequence',
  expectedStream: 'Nats-Expected-Stream',
  /** Commit position in the event store of the event that a message carries. */
  position: 'Mooring-Position',
  /** Counts the messages of a subject, where something does. */
  number: 'Mooring-Number',
  /** The run of a relay that published a message: tells its own from another's. */
  relay: 'Mooring-Relay',
  /** Why a consumer gave up. */
  reason: 'Mooring-Reason',
  /** How often the message was delivered to the consumer that gave up, and how often it was tried in the last one. */
  deliveries: 'Mooring-Deliveries',
  tries: 'Mooring-Tries',
  /** Where a dead letter comes from. */
  originalStream: 'Mooring-Stream',
  originalSequence: 'Mooring-Sequence',
} as const;

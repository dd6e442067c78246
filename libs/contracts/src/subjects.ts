const TYPE_PREFIX = 'io.meshery.';
const VERSION_SUFFIX = /\.v[0-9]+$/;
const TOKEN = /^[A-Za-z0-9_-]+$/;

function tail(type: string, subject: string): string {
  if (!type.startsWith(TYPE_PREFIX)) throw new Error(`event type "${type}" does not start with ${TYPE_PREFIX}`);
  if (!TOKEN.test(subject))
    throw new Error(`subject "${subject}" cannot stand in a NATS subject: allowed are letters, digits, - and _`);
  return `${type.slice(TYPE_PREFIX.length).replace(VERSION_SUFFIX, '')}.${subject}`;
}

/** Where a stored event is seen: `events.` + type without prefix and version + `.` + aggregate id. */
export const eventSubject = (type: string, subject: string): string => `events.${tail(type, subject)}`;

/** Where its producer publishes it; the stream stores and republishes it under {@link eventSubject}, so that nobody sees what was not stored. */
export const relaySubject = (type: string, subject: string): string => `relay.${tail(type, subject)}`;

/** Where a message that `consumer` gave up on is kept. */
export const deadLetterSubject = (consumer: string, originalSubject: string): string =>
  `dead.${consumer}.${originalSubject}`;

/** Where a dead letter is put so that `consumer` handles it again. */
export const redriveSubject = (consumer: string, originalSubject: string): string =>
  `redrive.${consumer}.${originalSubject}`;

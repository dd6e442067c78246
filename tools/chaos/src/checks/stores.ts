import type { LogFact, NotificationStory, PublishedFact, StoredFact } from '../facts/facts.ts';
import { SPINE_SERVICES } from '../faults/fault.ts';
import type { Check } from './finding.ts';

/** Every id once, every stream without a gap, `$all` in order. */
export const checkStore =
  (events: readonly StoredFact[]): Check =>
  (say) => {
    const ids = new Set<string>();
    const next = new Map<string, bigint>();
    let before = -1n;
    for (const { id, streamName, revision, position } of events) {
      if (ids.has(id)) say(`${streamName} ${revision.toString()}: the id ${id} was stored before`);
      ids.add(id);
      const wanted = next.get(streamName) ?? 0n;
      if (revision !== wanted)
        say(`${streamName} goes on with ${revision.toString()} where ${wanted.toString()} comes next`);
      next.set(streamName, revision + 1n);
      if (position <= before)
        say(`${streamName} ${revision.toString()} stands at ${position.toString()}, after ${before.toString()}`);
      before = position;
    }
  };

const named = ({ id, subject }: PublishedFact): string => `${subject} ${id}`;

/** Each producer's stream is exactly what it stored to be published: all of it, once, in order, to the byte. */
export const checkBus =
  (stored: readonly StoredFact[], published: readonly PublishedFact[]): Check =>
  (say) => {
    for (const producer of SPINE_SERVICES) {
      const expected = stored.flatMap(({ publication }) => (publication?.producer === producer ? [publication] : []));
      const found = published.filter((message) => message.producer === producer);
      const [wanted, there] = [new Set(expected.map(({ id }) => id)), new Set<string>()];
      for (const message of found) {
        if (there.has(message.id)) say(`${producer}: published twice: ${named(message)}`);
        if (!wanted.has(message.id)) say(`${producer}: published and not stored: ${named(message)}`);
        there.add(message.id);
      }
      for (const message of expected)
        if (!there.has(message.id)) say(`${producer}: stored and not published: ${named(message)}`);
      const at = expected.findIndex(({ id }, index) => found[index]?.id !== id);
      if (at !== -1 && expected.length === found.length) say(`${producer}: message ${at + 1} is out of order`);
      const contents = new Map(found.map((message) => [message.id, message]));
      for (const message of expected) {
        const { digest = message.digest, subject = message.subject } = contents.get(message.id) ?? {};
        if (digest !== message.digest || subject !== message.subject)
          say(`${producer}: published otherwise than stored: ${named(message)}`);
      }
    }
  };

/** The log has every event of the bus once, numbered without a gap, those of one thing in their order. */
export const checkLog =
  (log: readonly LogFact[], published: readonly PublishedFact[]): Check =>
  (say) => {
    const there = new Set<string>();
    const last = new Map<string, LogFact>();
    log.forEach((entry, index) => {
      const { id, number, source, subject } = entry;
      if (number !== BigInt(index + 1)) say(`number ${number.toString()} stands where ${index + 1} should`);
      if (there.has(id)) say(`${number.toString()}: event ${id} is there twice`);
      there.add(id);
      const before = last.get(`${source} ${subject}`);
      if (before !== undefined && before.sequence > entry.sequence) {
        say(
          `${number.toString()}: event ${entry.sequence.toString()} of ${subject} comes after its event ${before.sequence.toString()}`,
        );
      }
      last.set(`${source} ${subject}`, entry);
    });
    const wanted = new Set(published.map(({ id }) => id));
    for (const message of published) if (!there.has(message.id)) say(`not in the log: ${named(message)}`);
    for (const { id, number } of log) if (!wanted.has(id)) say(`${number.toString()}: event ${id} is not on the bus`);
  };

/** Repeats may be counted one by one or many at once, so only what they lead to is compared. */
function tell(events: readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[]): string {
  const told: string[] = [];
  for (const { type, data } of events) {
    const isRepeat = type === 'NotificationRepeated';
    if (isRepeat && told.at(-1)?.startsWith(type) === true) told.pop();
    told.push(`${type} ${String(data['eventId'])}${isRepeat ? ` ${String(data['count'])}` : ''}`);
  }
  return told.join(', ');
}

/** Every notification is what follows from the log, nothing counted twice, nobody told twice. */
export const checkNotifications =
  (stories: readonly NotificationStory[]): Check =>
  (say) => {
    for (const { id, recorded, expected } of stories) {
      const [was, should] = [tell(recorded), tell(expected)];
      if (was !== should) say(`${id} is\n      ${was}\n    and from the log follows\n      ${should}`);
    }
  };

/** What a client may expect of a stream; a number is an exact revision. */
export type Expected = 'any' | 'no_stream' | 'stream_exists' | number;

export type Answer =
  /** `event` is whose position the answer carries; nothing for what is not visible any more. */
  | { readonly kind: 'success'; readonly revision: number; readonly event: ModelEvent | undefined }
  | { readonly kind: 'wrong-expected-version' | 'stream-deleted' };

export interface ModelEvent {
  readonly stream: string;
  readonly revision: number | 'tombstone';
  /** Unknown of what the server writes itself. */
  readonly id: string | undefined;
}

const NEVER: ModelEvent = { stream: '', revision: 0, id: undefined };

export type Read = 'stream-not-found' | 'stream-deleted' | readonly ModelEvent[];

export interface Description {
  readonly maxCount?: number;
  readonly truncateBefore?: number | 'deleted';
}

interface ModelStream {
  readonly events: ModelEvent[];
  tombstoned: boolean;
  description: Description | undefined;
  descriptions: number;
}

/**
 * EventStoreDB as its documents tell it, in the plainest way there is: lists, and nothing kept that can be derived.
 * Deliberately shares no code with the node.
 */
export class Model {
  readonly all: ModelEvent[] = [];
  readonly #streams = new Map<string, ModelStream>();

  stream(name: string): ModelStream {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const fresh: ModelStream = { events: [], tombstoned: false, description: undefined, descriptions: 0 };
    this.#streams.set(name, fresh);
    return fresh;
  }

  /** Events a read of the whole stream shows. */
  visible(name: string): Read {
    const { events, tombstoned, description } = this.stream(name);
    if (tombstoned) return 'stream-deleted';
    if (events.length === 0 || description?.truncateBefore === 'deleted') return 'stream-not-found';
    const first = Math.max(
      description?.truncateBefore ?? 0,
      description?.maxCount === undefined ? 0 : events.length - description.maxCount,
    );
    return events.filter((_, revision) => revision >= first);
  }

  append(name: string, expected: Expected, ids: readonly string[]): Answer {
    const stream = this.stream(name);
    const refused = this.#refusal(stream, expected);
    if (refused !== undefined) return refused;
    const repeated = this.#repeat(name, expected, ids);
    if (repeated !== undefined) return repeated;
    const wasDeleted = stream.description?.truncateBefore === 'deleted';
    const first = stream.events.length;
    for (const id of ids) {
      const event: ModelEvent = { stream: name, revision: stream.events.length, id };
      stream.events.push(event);
      this.all.push(event);
    }
    const answer: Answer = { kind: 'success', revision: stream.events.length - 1, event: stream.events.at(-1) };
    if (wasDeleted) this.#describe(name, { ...stream.description, truncateBefore: first });
    return answer;
  }

  /** Sets the metadata, whatever it was. */
  describe(name: string, description: Description): Answer {
    const stream = this.stream(name);
    if (stream.tombstoned) return { kind: 'stream-deleted' };
    const wasDeleted = stream.description?.truncateBefore === 'deleted';
    const event = this.#describe(name, description);
    const revision = stream.descriptions - 1;
    if (wasDeleted) this.#describe(name, { ...description, truncateBefore: stream.events.length });
    return { kind: 'success', revision, event };
  }

  delete(name: string, expected: Exclude<Expected, 'stream_exists'>): Answer {
    const stream = this.stream(name);
    const deleted = stream.description?.truncateBefore === 'deleted';
    const refused = this.#refusal(stream, expected);
    if (refused !== undefined) return refused;
    if (stream.events.length === 0 && stream.description === undefined) return { kind: 'wrong-expected-version' };
    if (expected === 'no_stream' && stream.events.length > 0 && !deleted) return { kind: 'wrong-expected-version' };
    if (typeof expected === 'number' && expected !== stream.events.length - 1)
      return { kind: 'wrong-expected-version' };
    return { kind: 'success', revision: -1, event: this.#describe(name, { truncateBefore: 'deleted' }) };
  }

  tombstone(name: string): Answer {
    const stream = this.stream(name);
    if (stream.tombstoned) return { kind: 'stream-deleted' };
    stream.tombstoned = true;
    const event: ModelEvent = { stream: name, revision: 'tombstone', id: undefined };
    this.all.push(event);
    return { kind: 'success', revision: -1, event };
  }

  #refusal(stream: ModelStream, expected: Expected): Answer | undefined {
    if (stream.tombstoned) return { kind: 'stream-deleted' };
    if (expected === 'stream_exists' && stream.description?.truncateBefore === 'deleted')
      return { kind: 'stream-deleted' };
    const absent = stream.events.length === 0 && stream.description === undefined;
    if (expected === 'stream_exists' && absent) return { kind: 'wrong-expected-version' };
    return typeof expected === 'number' && expected >= stream.events.length
      ? { kind: 'wrong-expected-version' }
      : undefined;
  }

  /** The answer if it does not come to writing: all of it is there already, or the expectation is behind. */
  #repeat(name: string, expected: Expected, ids: readonly string[]): Answer | undefined {
    const stream = this.stream(name);
    const done = (at: number): Answer => {
      const event = stream.events[at];
      const visible = this.visible(name);
      const isVisible = event !== undefined && Array.isArray(visible) && visible.includes(event);
      return { kind: 'success', revision: at, event: isVisible ? event : undefined };
    };
    if (expected === 'any' || expected === 'stream_exists') {
      // A real server remembers an id with the stream that had it first. It forgets, but never within so few events.
      const found = ids.map((id) => stream.events.indexOf(this.all.find((event) => event.id === id) ?? NEVER));
      if (found[0] === -1) return undefined;
      return found.includes(-1) ? { kind: 'wrong-expected-version' } : done(found.at(-1) ?? -1);
    }
    const from = expected === 'no_stream' ? 0 : expected + 1;
    if (from === stream.events.length) return undefined;
    const matching = ids.filter((id, index) => stream.events[from + index]?.id === id).length;
    if (matching === ids.length) return done(from + ids.length - 1);
    const untouched = stream.events[from]?.id !== ids[0];
    const comesBack = expected === 'no_stream' && stream.description?.truncateBefore === 'deleted';
    return untouched && comesBack ? undefined : { kind: 'wrong-expected-version' };
  }

  #describe(name: string, description: Description): ModelEvent {
    const stream = this.stream(name);
    const event: ModelEvent = { stream: `$$${name}`, revision: stream.descriptions, id: undefined };
    stream.descriptions += 1;
    stream.description = description;
    this.all.push(event);
    return event;
  }
}

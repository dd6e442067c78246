import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  jsonEvent,
  START,
  streamNameFilter,
  type AppendExpectedRevision,
  type Position,
  type ReadRevision,
  type ReadStreamOptions,
} from '@eventstore/db-client';
import { until } from '../waiting.ts';
import { startNodeProcess, type NodeProcess } from '../own-process.ts';
import { CLIENTS, REPEATABLE_IDS, type Command, type Expectation } from './commands.ts';
import { Model, type Answer, type Expected, type ModelEvent, type Read } from './model.ts';

/** The node under test, a process that can be killed, with several clients. */
export class Subject implements AsyncDisposable {
  readonly #folder: string;
  #node: NodeProcess | undefined;
  #clients: EventStoreDBClient[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<void> {
    this.#node = await startNodeProcess(this.#folder);
    const { connectionString } = this.#node;
    this.#clients = Array.from({ length: CLIENTS }, () => EventStoreDBClient.connectionString(connectionString));
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    for (const client of this.#clients) void client.dispose();
    await this.#node?.end(signal);
  }

  client(by = 0): EventStoreDBClient {
    const client = this.#clients[by];
    if (client === undefined) throw new Error('the node was not started');
    return client;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end('SIGKILL');
  }
}

/** Runs commands against node and model alike, in streams of its own. */
export class Run {
  readonly #subject: Subject;
  readonly #model = new Model();
  readonly #prefix = `model${randomUUID().slice(0, 8)}-`;
  readonly #ids: string[] = [];
  readonly #positions = new Map<ModelEvent, bigint>();

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** @throws Error that tells both answers where they differ. */
  async execute(command: Command): Promise<void> {
    switch (command.do) {
      case 'append': {
        const stream = this.#stream(command.stream);
        const expected = this.#expected(stream, command.expected);
        const ids = command.ids.map((id) => this.#id(id));
        const real = await this.#append(command.by, stream, expected, ids);
        this.#compare(command, this.#model.append(stream, expected, ids), real);
        return;
      }
      case 'burst':
        return this.#burst(command);
      case 'describe': {
        const stream = this.#stream(command.stream);
        const { maxCount, truncateBefore } = command.description;
        const metadata = {
          ...(maxCount !== undefined && { maxCount }),
          ...(typeof truncateBefore === 'number' && { truncateBefore }),
        };
        const real = await attempt(this.#subject.client().setStreamMetadata(stream, metadata));
        this.#compare(command, this.#model.describe(stream, command.description), real);
        return;
      }
      case 'delete': {
        const stream = this.#stream(command.stream);
        const expected = this.#expected(stream, command.expected);
        if (expected === 'stream_exists') return;
        const expectedRevision = typeof expected === 'number' ? BigInt(expected) : expected;
        const real = await attempt(this.#subject.client().deleteStream(stream, { expectedRevision }));
        this.#compare(command, this.#model.delete(stream, expected), { ...real, revision: -1 });
        return;
      }
      case 'tombstone': {
        const stream = this.#stream(command.stream);
        const real = await attempt(this.#subject.client().tombstoneStream(stream));
        this.#compare(command, this.#model.tombstone(stream), { ...real, revision: -1 });
        return;
      }
      case 'read':
        return this.#read(command);
      case 'readAll':
        return this.readAll();
      case 'restart':
      case 'crash':
        await this.#subject.end(command.do === 'crash' ? 'SIGKILL' : 'SIGTERM');
        return this.#subject.start();
    }
  }

  /** Everything of this run in `$all`, in order. */
  async readAll(): Promise<void> {
    const filter = streamNameFilter({ prefixes: [this.#prefix, `$$${this.#prefix}`] });
    const subscription = this.#subject.client().subscribeToAll({ fromPosition: START, filter });
    const expected = this.#model.all.map(
      ({ stream, revision }) => `${stream}/${revision === 'tombstone' ? 2n ** 63n - 1n : revision}`,
    );
    const found: string[] = [];
    let caughtUp = false;
    let failed: unknown;
    subscription.on('caughtUp', () => (caughtUp = true)).on('error', (error) => (failed = error));
    subscription.on('data', ({ event }) => found.push(`${event?.streamId}/${event?.revision}`));
    // Being caught up is told beside the events, and may be heard before the last of them.
    await until('all of $all', () => failed !== undefined || (caughtUp && found.length >= expected.length));
    await subscription.unsubscribe();
    if (!isDeepStrictEqual(found, expected)) throw difference('$all', expected, found);
  }

  async #append(by: number, stream: string, expected: Expected, ids: readonly string[]): Promise<Real> {
    const expectedRevision: AppendExpectedRevision = typeof expected === 'number' ? BigInt(expected) : expected;
    const events = ids.map((id) => jsonEvent({ id, type: 'T', data: {} }));
    return attempt(this.#subject.client(by).appendToStream(stream, events, { expectedRevision }));
  }

  /** Several clients at once, each in another stream: the order among them is told by their positions. */
  async #burst(command: Extract<Command, { do: 'burst' }>): Promise<void> {
    const appends = command.appends.map(({ by, stream, ids }) => ({
      by,
      stream: this.#stream(stream),
      ids: ids.map((id) => this.#id(id)),
    }));
    const reals = await Promise.all(appends.map(({ by, stream, ids }) => this.#append(by, stream, 'any', ids)));
    const inOrder = appends
      .map((append, index) => ({ append, real: reals[index] ?? { kind: 'no answer' } }))
      .toSorted((a, b) => Number((a.real.position ?? 0n) - (b.real.position ?? 0n)));
    for (const { append, real } of inOrder)
      this.#compare(command, this.#model.append(append.stream, 'any', append.ids), real);
  }

  async #read(command: Extract<Command, { do: 'read' }>): Promise<void> {
    const stream = this.#stream(command.stream);
    const { backwards, from, count } = command;
    const options: ReadStreamOptions = {
      direction: backwards ? BACKWARDS : FORWARDS,
      fromRevision: revisionOf(from, backwards),
      maxCount: count,
    };
    const found: string[] = [];
    let real: unknown = found;
    try {
      for await (const { event } of this.#subject.client().readStream(stream, options))
        found.push(`${event?.revision}:${event?.id}`);
    } catch (thrown) {
      real = typeOf(thrown);
    }
    const expected = this.#expectedRead(this.#model.visible(stream), command);
    if (!isDeepStrictEqual(real, expected)) throw difference(JSON.stringify(command), expected, real);
  }

  #expectedRead(visible: Read, { backwards, from, count }: Extract<Command, { do: 'read' }>): unknown {
    if (typeof visible === 'string') return visible;
    const wanted = visible.filter(
      ({ revision }) => from === 'ends' || (backwards ? Number(revision) <= from : Number(revision) >= from),
    );
    const ordered = backwards ? wanted.toReversed() : wanted;
    return ordered.slice(0, count).map(({ revision, id }) => `${revision}:${id}`);
  }

  #compare(command: Command, expected: Answer, real: Real): void {
    const told = { kind: real.kind, ...(real.kind === 'success' && { revision: real.revision }) };
    const wanted = { kind: expected.kind, ...(expected.kind === 'success' && { revision: expected.revision }) };
    if (!isDeepStrictEqual(told, wanted)) throw difference(JSON.stringify(command), wanted, told);
    if (expected.kind !== 'success') return;
    if (expected.event === undefined) {
      if (real.position !== undefined)
        throw difference(`the position after ${JSON.stringify(command)}`, undefined, real);
      return;
    }
    const known = this.#positions.get(expected.event);
    if (known !== undefined && known !== real.position)
      throw difference('the position of a repeat', known, real.position);
    if (real.position !== undefined) this.#positions.set(expected.event, real.position);
  }

  #stream(index: number): string {
    return `${this.#prefix}${index}`;
  }

  #id(index: number): string {
    if (index >= REPEATABLE_IDS) return randomUUID();
    return (this.#ids[index] ??= randomUUID());
  }

  #expected(stream: string, expectation: Expectation): Expected {
    if (typeof expectation === 'string') return expectation;
    const revision = this.#model.stream(stream).events.length - 1 + expectation.lastPlus;
    return revision < 0 ? 'no_stream' : revision;
  }
}

const revisionOf = (from: number | 'ends', backwards: boolean): ReadRevision => {
  if (from !== 'ends') return BigInt(from);
  return backwards ? END : START;
};

interface Real {
  readonly kind: string;
  readonly revision?: number;
  readonly position?: bigint | undefined;
}

interface Written {
  readonly nextExpectedRevision?: bigint;
  readonly position?: Position | undefined;
}

const typeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'type' in thrown ? String(thrown.type) : String(thrown);

const attempt = (result: Promise<Written>): Promise<Real> =>
  result.then(
    ({ nextExpectedRevision, position }) => ({
      kind: 'success',
      revision: Number(nextExpectedRevision ?? -1),
      position: position?.commit,
    }),
    (thrown: unknown) => ({ kind: typeOf(thrown) }),
  );

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));

const difference = (what: string, expected: unknown, real: unknown): Error =>
  new Error(`${what}: the model says ${show(expected)}, the node ${show(real)}`);

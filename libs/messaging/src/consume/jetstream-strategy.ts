import type { Subscription } from '@mooring/contracts';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Bus } from '../bus/bus.ts';
import type { MessagingMetrics } from '../metrics.ts';
import { redriveSourceOf } from '../provision/plan.ts';
import { sourceOf } from '../provision/topology.ts';
import { createConsumer, type Consumer, type Occurrence } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import type { RetryPolicy } from './settle.ts';

export interface JetStreamStrategyOptions {
  readonly bus: Bus;
  /** The service. */
  readonly consumer: string;
  /** Its own subscriptions; those of other consumers are left out. What is redriven to it is handled too. */
  readonly subscriptions: readonly Subscription[];
  /** Handlers at once; 16 unless told. */
  readonly concurrency?: number;
  readonly policy?: RetryPolicy;
  readonly metrics?: MessagingMetrics;
  /** How long handlers may go on after `close`, in milliseconds; 10,000 unless told. */
  readonly graceMs?: number;
}

/**
 * Nest's `@EventPattern` over JetStream. A pattern is a CloudEvents `type`; the payload is the event, decoded and valid; the
 * context is its {@link Delivery}. A message is acknowledged when its handlers have resolved, never before. What a handler
 * throws decides about a retry; for that the microservice needs the {@link FailureFilter}.
 */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  // What handlers throw is awaited and settled here, so Nest need not log it.
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: JetStreamStrategyOptions;
  #consumer: Consumer | undefined;

  constructor(options: JetStreamStrategyOptions) {
    super();
    this.#options = options;
  }

  listen(callback: () => void): void {
    const { consumer, subscriptions } = this.#options;
    const own = subscriptions.filter((subscription) => subscription.consumer === consumer);
    this.#consumer = createConsumer({
      ...this.#options,
      sources: [...own.map(sourceOf), redriveSourceOf(consumer)],
      wanted: (type) => this.messageHandlers.has(type),
      handle: (event, delivery) => this.#dispatch(event.type, event, delivery),
      report: (occurrence) => this.#log(occurrence),
    });
    callback();
  }

  async close(): Promise<void> {
    await this.#consumer?.close(this.#options.graceMs ?? 10_000);
  }

  /** Per durable, how many messages it has not delivered yet; `undefined` while unknown. */
  lag(): ReadonlyMap<string, number | undefined> {
    return this.#consumer?.lag() ?? new Map();
  }

  override on(): never {
    throw new Error('the JetStream strategy has no events');
  }

  // The signature is Nest's.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  override unwrap<T>(): T {
    return this.#options.bus.connection as T;
  }

  async #dispatch(type: string, event: unknown, delivery: Delivery): Promise<void> {
    const handler = this.messageHandlers.get(type);
    if (handler === undefined) throw new Error(`no handler for ${type}`);
    try {
      const result: unknown = await handler(event, delivery);
      await lastValueFrom(this.transformToObservable(result), { defaultValue: undefined });
    } catch (thrown) {
      // Handlers throw errors; an object that is none was made by Nest's own filter, and what was thrown is lost.
      if (thrown instanceof Error) throw thrown;
      throw new Error('a handler failed and Nest hid why: this microservice has no FailureFilter', { cause: thrown });
    }
  }

  #log({ kind, message }: Occurrence): void {
    if (kind === 'parked') this.logger.error(`parked: ${message}`);
    else this.logger.warn(`${kind}: ${message}`);
  }
}

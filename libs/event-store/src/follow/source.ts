import type { Failure } from '@mooring/kernel';
import type { StoredEvent } from '../event.ts';

/** What stands at a position of `$all`: an event, nothing that can be read, or the store refuses it as never given out. */
export type Sighting = { readonly position: bigint; readonly eventId: string } | 'nothing' | 'refused';

/** Gets what a subscription brings, in order. After `ended` nothing comes any more. */
export interface SubscriptionSink {
  /** The store answered. Comes once, before or after what the subscription brings; until then it may wait for a store that is away. */
  confirmed(): void;
  event(event: StoredEvent): void;
  /** Everything up to `position` has been looked at, and what matched was given before. */
  checkpoint(position: bigint): void;
  /** The server says that what follows is live. It may say so never, or several times. */
  caughtUp(): void;
  /** `droppedAsSlow`: the connection is fine, the server only wants us to subscribe again. */
  ended(failure: Failure, droppedAsSlow: boolean): void;
}

export interface SourceSubscription {
  pause(): void;
  resume(): void;
  /** Never rejects. */
  close(): Promise<void>;
}

/** What the following loop needs of a store; one per adapter. */
export interface FollowSource {
  /** The first event at or after `position`. Throws a Failure when the store cannot be asked. */
  lookAt(position: bigint): Promise<Sighting>;
  /** Events after `from` of streams whose name starts with one of `prefixes`. */
  subscribe(from: bigint | 'start', prefixes: readonly string[], sink: SubscriptionSink): SourceSubscription;
}

import { createHash } from 'node:crypto';
import type { StoredNotification } from './services.ts';
import type { SpineService } from '../faults/fault.ts';

/** An event in the event store, without its data. */
export interface StoredFact {
  readonly id: string;
  readonly streamName: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  readonly key: string | undefined;
  /** What has to be on the bus for it; nothing for what stays inside. */
  readonly publication: PublishedFact | undefined;
}

/** An event on the bus: who, where, and a digest of every byte of it. */
export interface PublishedFact {
  readonly id: string;
  readonly producer: SpineService;
  readonly subject: string;
  readonly digest: string;
}

/** An entry of the event log. */
export interface LogFact {
  readonly number: bigint;
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly sequence: bigint;
  /** Of the event as the live stream sends it. */
  readonly digest: string;
}

/** What the notification of one thing went through, and what the log says it should have. */
export interface NotificationStory {
  readonly id: string;
  readonly recorded: readonly StoredNotification[];
  readonly expected: readonly StoredNotification[];
}

export const digestOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('base64url').slice(0, 16);

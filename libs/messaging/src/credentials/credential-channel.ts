import { CREDENTIAL_BUCKET } from '@mooring/contracts';
import { jetstream } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { Bus } from '../bus/bus.ts';
import { toFailure } from '../bus/jetstream-failure.ts';

/** Told of a key that was put or erased, or, without a key, that any may have been: look at all. */
export type OnCredentialChange = (key: string | undefined) => void;

/**
 * Carries credentials, encrypted to their reader, from connections to discovery. It keeps the last value of a key and no
 * history. What is in it can be lost with JetStream's last minutes: the writer puts it back by reconciling. Calls throw a
 * `Failure` of the world; `denied` for whoever may not.
 */
export interface CredentialChannel {
  /** Stores `bytes` under `key` (letters, digits, `-`, `_`, `=`, `/`, `.`) in place of what was there; resolves when stored. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** `undefined` for a key that is not there or was erased. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Removes the value; that there was one is kept for a second more. Where there is none nothing is done, and watchers are not told. */
  erase(key: string): Promise<void>;
  /** The keys that have a value now, in no order. */
  keys(): Promise<readonly string[]>;
  /**
   * Watches until `signal` aborts: first one call without a key, then one per change, and one without a key after each
   * reconnection, since changes may have been missed. Level-triggered: read the value, the call only says where to look.
   */
  watch(onChange: OnCredentialChange, signal: AbortSignal): void;
}

const STREAM = `KV_${CREDENTIAL_BUCKET}`;
const SUBJECT_PREFIX = `$KV.${CREDENTIAL_BUCKET}.`;
/** How long JetStream keeps what marks an erased value: the shortest it can, since nobody reads it. In the words of its header. */
const MARK_TTL = '1s';
/** Values read at once to tell keys from what is left of erased ones. */
const READS_AT_ONCE = 64;

/** Nothing is called until the channel is used: the bus need not be connected yet, nor the bucket be there. */
export function createCredentialChannel(bus: Bus): CredentialChannel {
  let opened: Promise<KV> | undefined;
  const openBucket = async (): Promise<KV> => {
    opened ??= new Kvm(jetstream(bus.connection)).open(CREDENTIAL_BUCKET, { allow_direct: true });
    try {
      return await opened;
    } catch (thrown) {
      opened = undefined;
      throw thrown;
    }
  };
  const call = async <T>(what: string, work: (bucket: KV) => Promise<T>): Promise<T> => {
    try {
      return await work(await openBucket());
    } catch (thrown) {
      throw toFailure(`${what} a credential`, thrown);
    }
  };
  const get = (key: string): Promise<Uint8Array | undefined> =>
    call('reading', async (bucket) => {
      const entry = await bucket.get(key);
      return entry?.operation === 'PUT' ? entry.value : undefined;
    });

  return {
    get,
    put: (key, bytes) =>
      call('storing', async (bucket) => {
        await bucket.put(key, bytes);
      }),
    erase: (key) =>
      call('erasing', async (bucket) => {
        // A mark for every key that never was would be as much to read in `keys` as one for each that was.
        if ((await get(key)) !== undefined) await bucket.purge(key, { ttl: MARK_TTL });
      }),
    keys: () =>
      call('listing', async () => {
        const manager = await jetstream(bus.connection).jetstreamManager(false);
        const { state } = await manager.streams.info(STREAM, { subjects_filter: `${SUBJECT_PREFIX}>` });
        const all = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(SUBJECT_PREFIX.length));
        const present: string[] = [];
        for (let from = 0; from < all.length; from += READS_AT_ONCE) {
          const some = all.slice(from, from + READS_AT_ONCE);
          const values = await Promise.all(some.map(get));
          present.push(...some.filter((_key, index) => values[index] !== undefined));
        }
        return present;
      }),
    watch(onChange, signal) {
      const subscribe = (): void => {
        if (signal.aborted || bus.status().state === 'closed') return;
        const subscription = bus.connection.subscribe(`${SUBJECT_PREFIX}>`, {
          callback: (error, message) => {
            if (error === null) onChange(message.subject.slice(SUBJECT_PREFIX.length));
          },
        });
        const stopListening = bus.onReconnect(() => onChange(undefined));
        signal.addEventListener(
          'abort',
          () => {
            subscription.unsubscribe();
            stopListening();
          },
          { once: true },
        );
        onChange(undefined);
      };
      if (bus.status().state === 'connecting') void bus.whenConnected(signal).then(subscribe);
      else subscribe();
    },
  };
}

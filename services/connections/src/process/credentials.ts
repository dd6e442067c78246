import { isFailure, messageOf } from '@mooring/kernel';
import type { Sealing } from '../adapters/sealing.ts';
import type { KeptCredential, Vault } from '../adapters/vault.ts';

/** The way to discovery: sealed credentials by their id. */
export interface CredentialChannel {
  put(key: string, value: Uint8Array): Promise<void>;
  erase(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}

/** Brings credentials to discovery and takes them away again. Everything may be repeated. */
export interface CredentialDelivery {
  /** Seals a kept credential for discovery; nothing when it was erased meanwhile. Rejects with a Failure `corrupt` when it cannot be opened. */
  deliver(credentialId: string): Promise<void>;
  /** Erases credentials here and there, for good. */
  forget(credentialIds: readonly string[]): Promise<void>;
  /**
   * Delivers what is missing there, and takes away what is not kept here any more. Whether that was all: not while something is
   * missing there that no connection names yet, since the read model may be behind. What cannot be opened here is told once and passed
   * over: trying again does not help. Rejects with a Failure where the database or JetStream is away.
   */
  reconcile(): Promise<boolean>;
}

const encoder = new TextEncoder();

/** No request is under way for longer. */
const REQUEST_MS_MAX = 60_000;

export function createCredentialDelivery(deps: {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly channel: CredentialChannel;
  /** The credentials that live connections name, as far as the read model knows. */
  readonly inUse: () => Promise<ReadonlySet<string>>;
  /** Asked before one is erased: whether the streams themselves still need it. */
  readonly isNeeded: (kept: KeptCredential) => Promise<boolean>;
  /** Kept but named by no connection for so long: its import was never recorded. */
  readonly orphanAfterMs: number;
  /** A clock that never jumps, in milliseconds; injected by tests. */
  readonly nowMs?: () => number;
  readonly onOrphan: (credentialId: string, error?: string) => void;
  /** Told once of each credential that is named and missing there and cannot be opened. */
  readonly onUnreadable: (credentialId: string, error: string) => void;
}): CredentialDelivery {
  const { vault, sealing, channel, nowMs = () => performance.now() } = deps;
  const unnamedSince = new Map<string, number>();
  const unreadable = new Set<string>();

  /**
   * Ages are by the database's clock, which may jump: so one must also have been without a name for a while by our own, longer
   * than a request can take between keeping a credential and recording it.
   */
  const orphansAmong = (unnamed: readonly KeptCredential[]): readonly KeptCredential[] => {
    const ids = new Set(unnamed.map(({ id }) => id));
    for (const id of unnamedSince.keys()) if (!ids.has(id)) unnamedSince.delete(id);
    for (const id of ids) if (!unnamedSince.has(id)) unnamedSince.set(id, nowMs());
    const seenMs = Math.min(deps.orphanAfterMs, REQUEST_MS_MAX);
    return unnamed.filter(
      ({ id, ageMs }) => ageMs > deps.orphanAfterMs && nowMs() - (unnamedSince.get(id) ?? nowMs()) >= seenMs,
    );
  };

  const deliver = async (credentialId: string): Promise<void> => {
    const kept = await vault.open(credentialId);
    if (kept !== undefined)
      await channel.put(credentialId, encoder.encode(await sealing.sealForDiscovery(kept.access)));
  };

  const deliverIfReadable = async (credentialId: string): Promise<void> => {
    try {
      await deliver(credentialId);
      unreadable.delete(credentialId);
    } catch (thrown) {
      if (!isFailure(thrown, 'corrupt')) throw thrown;
      if (unreadable.has(credentialId)) return;
      unreadable.add(credentialId);
      deps.onUnreadable(credentialId, messageOf(thrown));
    }
  };

  const forget = async (credentialIds: readonly string[]): Promise<void> => {
    for (const credentialId of credentialIds) await channel.erase(credentialId);
    await vault.erase(credentialIds);
  };

  return {
    deliver,
    forget,
    async reconcile() {
      // In this order: what is there was kept before, so a credential on its way is never taken for one that nobody knows.
      const there = await channel.keys();
      const kept = await vault.list();
      const inUse = await deps.inUse();
      const orphans = orphansAmong(kept.filter(({ id }) => !inUse.has(id)));
      for (const orphan of orphans) {
        const { id } = orphan;
        try {
          if (await deps.isNeeded(orphan)) continue;
          await forget([id]);
          deps.onOrphan(id);
        } catch (thrown) {
          deps.onOrphan(id, messageOf(thrown));
        }
      }
      const present = new Set(there);
      for (const { id } of kept) if (inUse.has(id) && !present.has(id)) await deliverIfReadable(id);
      const known = new Set(kept.map(({ id }) => id));
      for (const id of unreadable) if (!known.has(id)) unreadable.delete(id);
      for (const key of there) if (!known.has(key)) await channel.erase(key);
      const gone = new Set(orphans.map(({ id }) => id));
      return kept.every(({ id }) => inUse.has(id) || present.has(id) || gone.has(id));
    },
  };
}

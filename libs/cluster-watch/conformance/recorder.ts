import type {
  ClusterWatch,
  ClusterIdentity,
  ClusterSink,
  GroupResource,
  KindStatus,
  KnownObject,
  LinkLoss,
  ResourceChange,
  SlimRecord,
  SnapshotSummary,
  Tier,
} from '@mooring/cluster-watch';

interface Held {
  readonly type: GroupResource;
  readonly hash: string;
  readonly namespace?: string;
  /** Not there for what was known before the watch. */
  readonly record?: SlimRecord;
}

/** A sink that keeps what it is told, and throws when it is told what it already has: the watch under test then ends with that error. */
export interface Recorder extends ClusterSink {
  readonly held: ReadonlyMap<string, Held>;
  readonly changes: readonly ResourceChange[];
  /** Every other call as one word, in order: `identity`, `tier workloads`, `pods forbidden`, `lost`, `restored`, `snapshot 1`. */
  readonly log: readonly string[];
  readonly statuses: ReadonlyMap<GroupResource, KindStatus>;
  readonly losses: readonly LinkLoss[];
  readonly snapshots: readonly SnapshotSummary[];
  readonly identity: ClusterIdentity | undefined;
  named(kind: string, name: string): SlimRecord | undefined;
  uids(type: GroupResource): readonly string[];
  /** What a caller would keep, for the next watch. */
  known(): readonly KnownObject[];
  /** Resolves when the condition holds, looked at after every call; rejects, with what was seen, after `timeoutMs` (default 4,000). */
  until(what: string, condition: () => boolean, timeoutMs?: number): Promise<void>;
  snapshot(link?: number): Promise<void>;
  /** Makes `until` reject at once when this watch ends with an error. Gives it back. */
  following(watch: ClusterWatch): ClusterWatch;
}

export interface RecorderOptions {
  readonly initial?: Iterable<KnownObject>;
  /** Awaited before each batch is taken: a slow or broken sink. */
  readonly beforeChanges?: () => void | Promise<void>;
}

export function createRecorder({ initial = [], beforeChanges }: RecorderOptions = {}): Recorder {
  const held = new Map<string, Held>();
  for (const { uid, ...known } of initial) held.set(uid, known);
  const changes: ResourceChange[] = [];
  const log: string[] = [];
  /** The log at greater length, for who has to find out why something did not come. */
  const told: string[] = [];
  const statuses = new Map<GroupResource, KindStatus>();
  const losses: LinkLoss[] = [];
  const snapshots: SnapshotSummary[] = [];
  const waiting = new Set<() => void>();
  let identity: ClusterIdentity | undefined;

  const note = (word?: string, reason?: string): void => {
    if (word !== undefined) {
      log.push(word);
      told.push(reason === undefined ? word : `${word} (${reason})`);
    }
    for (const look of [...waiting]) look();
  };
  let failure: Error | undefined;
  const apply = (change: ResourceChange): void => {
    changes.push(change);
    if (change.op === 'delete') {
      if (!held.delete(change.uid)) throw new Error(`deleted what was not there: ${change.type} ${change.uid}`);
      return;
    }
    const { record, hash } = change;
    if (held.get(record.uid)?.hash === hash) throw new Error(`repeated what is there: ${record.kind} ${record.name}`);
    const namespace = record.kind === 'Namespace' ? record.name : record.namespace;
    held.set(record.uid, { type: change.type, hash, record, ...(namespace === undefined ? {} : { namespace }) });
  };
  const until: Recorder['until'] = (what, condition, timeoutMs = 4000) =>
    new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const look = (): void => {
        if (failure === undefined && !condition()) return;
        finish();
        if (failure === undefined) resolve();
        else reject(failure);
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`not within ${timeoutMs} ms: ${what}; seen: ${told.join(', ')}; holding ${held.size}`));
      }, timeoutMs);
      waiting.add(look);
      look();
    });

  return {
    held,
    changes,
    log,
    statuses,
    losses,
    snapshots,
    get identity() {
      return identity;
    },
    named: (kind, name) =>
      [...held.values()].find(({ record }) => record?.kind === kind && record.name === name)?.record,
    uids: (type) => [...held].flatMap(([uid, each]) => (each.type === type ? [uid] : [])).sort(),
    known: () =>
      [...held].map(([uid, { type, hash, namespace }]) => ({
        ...{ type, uid, hash },
        ...(namespace === undefined ? {} : { namespace }),
      })),
    until,
    snapshot: (link = 1) => until(`snapshot ${link}`, () => snapshots.some((each) => each.link === link)),
    following(watch) {
      watch.finished.catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
        note();
      });
      return watch;
    },
    onIdentity(next) {
      identity = next;
      note('identity');
    },
    onTier: (tier: Tier) => note(`tier ${tier}`),
    onKindStatus({ groupResource }, status) {
      statuses.set(groupResource, status);
      note(`${groupResource} ${status.state}`, status.reason);
    },
    async onChanges(batch) {
      await beforeChanges?.();
      if (batch.length === 0) throw new Error('an empty batch');
      for (const change of batch) apply(change);
      note();
    },
    onSnapshotComplete(summary) {
      snapshots.push(summary);
      note(`snapshot ${summary.link}`);
    },
    onLinkLost(loss) {
      losses.push(loss);
      note(`lost ${loss.refusal.reason}`);
    },
    onLinkRestored: () => note('restored'),
  };
}

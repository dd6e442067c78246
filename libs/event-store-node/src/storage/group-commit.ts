import type { DatabaseSync } from 'node:sqlite';
import { Failure, messageOf } from '@mooring/kernel';
import type { Command, CommandApplier, Outcome } from './apply-command.ts';
import { NO_REPORTS, telling, type DamageReports } from './damage.ts';

export interface GroupCommit {
  /**
   * Applies the command and resolves once it is on disk. Commands are applied in the order of the calls; all that came in
   * one turn of the event loop share one transaction and one sync.
   *
   * @throws Failure `unavailable` if nothing was written because the disk refused or the node is closing; the promise
   *   rejects, everybody of the same transaction alike.
   */
  submit(command: Command): Promise<Outcome>;
  /** Commits what waits and refuses everything after. */
  close(): void;
}

interface Waiting {
  readonly command: Command;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (failure: Failure) => void;
}

/** So many bytes of data go into one transaction; what is over waits for the next turn, so that reads get theirs. */
const TRANSACTION_BYTES_MAX = 8 * 1024 * 1024;

export interface GroupCommitDeps {
  readonly database: DatabaseSync;
  readonly applier: CommandApplier;
  /** Called after a commit, with the streams that got events. */
  readonly committed: (streams: ReadonlySet<string>) => void;
  /** Told of a page of the file that a commit came upon. */
  readonly damage?: DamageReports;
  readonly observe?: (commands: number, milliseconds: number) => void;
}

const sizeOf = (command: Command): number =>
  command.kind === 'append' ? command.events.reduce((sum, event) => sum + event.data.length, 0) : 0;

export function createGroupCommit({
  database,
  applier,
  committed,
  damage = NO_REPORTS,
  observe,
}: GroupCommitDeps): GroupCommit {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let closed = false;

  const take = (): Waiting[] => {
    let bytes = 0;
    const over = waiting.findIndex(({ command }) => (bytes += sizeOf(command)) > TRANSACTION_BYTES_MAX);
    const count = over < 0 ? waiting.length : Math.max(1, over);
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return taken;
  };

  const commit = (): void => {
    scheduled = false;
    const group = take();
    // Closing commits what waits, and may leave a turn with nothing to do.
    if (group.length === 0) return;
    if (waiting.length > 0) schedule();
    const started = performance.now();
    const touched = new Set<string>();
    let outcomes: Outcome[];
    try {
      applier.begin();
      database.exec('BEGIN IMMEDIATE');
      outcomes = group.map(({ command }) => applier.apply(command, touched));
      database.exec('COMMIT');
    } catch (thrown) {
      abandon(group, telling(damage, thrown));
      return;
    }
    observe?.(group.length, performance.now() - started);
    outcomes.forEach((outcome, index) => group[index]?.resolve(outcome));
    if (touched.size > 0) committed(touched);
  };

  const abandon = (group: readonly Waiting[], thrown: unknown): void => {
    if (database.isTransaction) database.exec('ROLLBACK');
    applier.reset();
    const failure = new Failure('unavailable', `the store cannot write: ${messageOf(thrown)}`, { cause: thrown });
    for (const { reject } of group) reject(failure);
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(commit);
  };

  return {
    submit: (command) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Failure('unavailable', 'the node is shutting down'));
          return;
        }
        waiting.push({ command, resolve, reject });
        schedule();
      }),
    close() {
      closed = true;
      while (waiting.length > 0) commit();
    },
  };
}

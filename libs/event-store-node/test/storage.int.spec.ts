import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { createCommandApplier, type Command, type Outcome } from '../src/storage/apply-command.ts';
import { openDatabase } from '../src/storage/database.ts';
import { createEventLog, type EventLog } from '../src/storage/event-log.ts';
import { createGroupCommit, type GroupCommit } from '../src/storage/group-commit.ts';
import { verify } from '../src/storage/verify.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

interface Store extends Disposable {
  readonly database: DatabaseSync;
  readonly log: EventLog;
  readonly commits: GroupCommit;
  /** Sizes of the groups that were committed. */
  readonly groups: number[];
}

function openStore(folder: string): Store {
  const database = openDatabase(folder);
  const log = createEventLog(database);
  const groups: number[] = [];
  let now = 1_700_000_000_000_000;
  const commits = createGroupCommit({
    database,
    applier: createCommandApplier(database, log, () => (now += 1)),
    committed: () => undefined,
    observe: (commands) => groups.push(commands),
  });
  const dispose = (): void => {
    commits.close();
    database.close();
  };
  return { database, log, commits, groups, [Symbol.dispose]: dispose };
}

const append = (stream: string, bytes = 10): Command => ({
  kind: 'append',
  stream,
  expected: 'any',
  events: [{ id: randomUUID(), type: 'T', isJson: false, metadata: Buffer.alloc(0), data: Buffer.alloc(bytes) }],
});

const positionOf = (outcome: Outcome | undefined): number => (outcome?.kind === 'done' ? (outcome.position ?? -1) : -1);

describe('a group commit', () => {
  it('syncs once for all that came in one turn, in the order of the calls', async () => {
    using folder = temporaryFolder();
    using store = openStore(folder.path);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => store.commits.submit(append('s'))));
    expect(store.groups).toEqual([50]);
    expect(outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.revision : -1))).toEqual(
      Array.from({ length: 50 }, (_, revision) => revision),
    );
  });

  it('is not larger than some megabytes, so that readers get their turn', async () => {
    using folder = temporaryFolder();
    using store = openStore(folder.path);
    await Promise.all(Array.from({ length: 20 }, () => store.commits.submit(append('s', 1024 * 1024))));
    expect(store.groups.length).toBeGreaterThan(2);
    expect(store.log.stream('s').last).toBe(19);
  });

  it('refuses what comes after it was closed, and commits what came before', async () => {
    using folder = temporaryFolder();
    const store = openStore(folder.path);
    const before = store.commits.submit(append('s'));
    store.commits.close();
    await expect(before).resolves.toMatchObject({ kind: 'done' });
    await expect(store.commits.submit(append('s'))).rejects.toMatchObject({ code: 'unavailable' });
    store.database.close();
  });
});

describe('a full disk', () => {
  it('is told, nothing is stored in half, and writing goes on when there is room', async () => {
    using folder = temporaryFolder();
    using store = openStore(folder.path);
    const first = await store.commits.submit(append('s'));
    const pages = Number(store.database.prepare('PRAGMA page_count').get()?.['page_count']);
    store.database.exec(`PRAGMA max_page_count = ${pages + 20}`);
    const commands = Array.from({ length: 4 }, () => append('s', 50_000));
    const attempts = await Promise.allSettled(commands.map((command) => store.commits.submit(command)));
    expect(attempts.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
    expect(attempts[0]).toMatchObject({ reason: { code: 'unavailable', message: expect.stringMatching(/full/u) } });
    expect(store.log.stream('s').last).toBe(0);

    store.database.exec('PRAGMA max_page_count = 4294967294');
    // The same again: nothing of it is remembered as if it had been written.
    const [again] = commands;
    const next = await store.commits.submit(again ?? append('s'));
    expect(positionOf(next)).toBeGreaterThan(positionOf(first));
    expect(next).toMatchObject({ revision: 1 });
    expect(verify(store.database).problems).toEqual([]);
  });
});

describe('a repeat', () => {
  it('without a revision is known of at least the newest 50,000 events, over a restart; with one for ever', async () => {
    using folder = temporaryFolder();
    const first = append('first');
    const repeat = async (store: Store, expected: 'any' | 'no_stream'): Promise<unknown> =>
      store.commits.submit({ ...first, kind: 'append', expected, events: first.kind === 'append' ? first.events : [] });
    const fill = async (store: Store, events: number): Promise<void> => {
      for (let written = 0; written < events; written += 1000)
        await Promise.all(Array.from({ length: 1000 }, () => store.commits.submit(append('others'))));
    };
    {
      using store = openStore(folder.path);
      await store.commits.submit(first);
      await fill(store, 49_000);
    }
    using store = openStore(folder.path);
    expect(await repeat(store, 'any')).toMatchObject({ revision: 0 });
    await fill(store, 101_000);
    expect(await repeat(store, 'no_stream')).toMatchObject({ revision: 0 });
    expect(await repeat(store, 'any')).toMatchObject({ revision: 1 });
  });
});

it('a record that was changed behind our back is not given out', async () => {
  using folder = temporaryFolder();
  using store = openStore(folder.path);
  await store.commits.submit(append('s'));
  store.database.exec('UPDATE events SET record = zeroblob(length(record))');
  const read = () => store.log.readForwards(store.log.stream('s'), 0, 0, { rows: 10, bytes: 1e6 });
  expect(read).toThrow(/is damaged: restore a backup/u);
});

it('positions go on after what was given out, also of an append of nothing, over a restart', async () => {
  using folder = temporaryFolder();
  const nothing: Command = { kind: 'append', stream: 's', expected: 'any', events: [] };
  const positions: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    using store = openStore(folder.path);
    positions.push(positionOf(await store.commits.submit(append('s'))));
    positions.push(positionOf(await store.commits.submit(nothing)));
    expect(positions.every((position) => store.log.isPosition(position))).toBe(true);
  }
  expect(new Set(positions).size).toBe(6);
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
});

import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createCommandApplier, type Command, type Outcome } from '../src/storage/apply-command.ts';
import { DATABASE_FILE, openDatabase } from '../src/storage/database.ts';
import { createDamageReports } from '../src/storage/damage.ts';
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
  /** What was told of damage. */
  readonly said: string[];
}

function openStore(folder: string): Store {
  const database = openDatabase(folder);
  const said: string[] = [];
  const damage = createDamageReports(folder, (sentence) => said.push(sentence));
  const log = createEventLog(database, damage);
  const groups: number[] = [];
  let now = 1_700_000_000_000_000;
  const commits = createGroupCommit({
    database,
    applier: createCommandApplier(database, log, () => (now += 1), damage),
    committed: () => undefined,
    damage,
    observe: (commands) => groups.push(commands),
  });
  const dispose = (): void => {
    commits.close();
    database.close();
  };
  return { database, log, commits, groups, said, [Symbol.dispose]: dispose };
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

const PAGE_BYTES = 4096;

/** Overwrites the page that has this text, under a store that runs and has to read it again. */
function damagePage(folder: string, { database }: Store, text: string): void {
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const file = join(folder, DATABASE_FILE);
  const bytes = readFileSync(file);
  const page = Math.floor(bytes.indexOf(text) / PAGE_BYTES) * PAGE_BYTES;
  expect(page).toBeGreaterThan(0);
  writeFileSync(file, bytes.fill(0xee, page, page + PAGE_BYTES));
  database.exec('PRAGMA shrink_memory');
}

/** Makes one commit fail, as a disk does that is full for a moment. */
async function failOnce({ database, commits }: Store): Promise<void> {
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages}`);
  await expect(commits.submit(append('large', 500_000))).rejects.toMatchObject({ code: 'unavailable' });
  database.exec('PRAGMA max_page_count = 4294967294');
}

describe('a page that is damaged while the store runs', () => {
  const numbered = (n: number): Command => ({
    kind: 'append',
    stream: 's',
    expected: 'any',
    events: [
      {
        ...{ id: randomUUID(), type: 'T', isJson: false, metadata: Buffer.alloc(0) },
        data: Buffer.from(`needle-${n}-${'x'.repeat(500)}`),
      },
    ],
  });
  const readNewest = ({ log }: Store) =>
    log.readBackwards(log.stream('s'), log.stream('s').last, 0, 0, { rows: 1, bytes: 1 });

  it('fails nothing that does not need it, also after a commit that failed', async () => {
    using folder = temporaryFolder();
    using store = openStore(folder.path);
    const commands = Array.from({ length: 300 }, (_, n) => numbered(n));
    await Promise.all(commands.map((command) => store.commits.submit(command)));
    damagePage(folder.path, store, 'needle-20-');
    await failOnce(store);
    for (let round = 0; round < 2; round += 1) {
      expect(await store.commits.submit(append('other'))).toMatchObject({ kind: 'done', revision: round });
      // What is newer than the page is still known.
      expect(await store.commits.submit(numbered(300))).toMatchObject({ revision: 300 + round });
      expect(await store.commits.submit(commands[299] ?? numbered(0))).toMatchObject({ revision: 299 });
    }
    expect(store.said).toEqual([expect.stringMatching(/^the file is damaged \(.*malformed\)/u)]);
  });

  it('and has the newest event fails every append after a commit that failed, and no read of anything else', async () => {
    using folder = temporaryFolder();
    using store = openStore(folder.path);
    await Promise.all(Array.from({ length: 300 }, (_, n) => store.commits.submit(numbered(n))));
    damagePage(folder.path, store, 'needle-299-');
    await failOnce(store);
    for (let round = 0; round < 2; round += 1)
      await expect(store.commits.submit(append('other'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(() => readNewest(store)).toThrow(/file is damaged/u);
    const { log } = store;
    expect(log.readForwards(log.stream('s'), 0, 0, { rows: 50, bytes: 1_000_000 })).toHaveLength(50);
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

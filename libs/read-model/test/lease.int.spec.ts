import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Failure } from '@mooring/kernel';
import { eventually, startTestPostgres, type TestPostgres } from '@mooring/testing';
import { sql } from 'kysely';
import { openDatabase, withLease, type Database } from '../src/index.ts';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('a lease', () => {
  let postgres: TestPostgres;
  let db: Database<unknown>;
  let url: string;
  const stopping: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());
  beforeEach(async () => {
    ({ url } = await postgres.createDatabase());
    db = openDatabase({ url });
  });
  afterEach(async () => {
    for (const stop of stopping.splice(0)) await stop();
    await db.destroy();
  });

  const holders = { now: 0, max: 0, turns: 0 };
  beforeEach(() => Object.assign(holders, { now: 0, max: 0, turns: 0 }));

  function contend(onHeld?: (signal: AbortSignal) => Promise<void>) {
    const controller = new AbortController();
    let isHolding = false;
    const done = withLease({
      db,
      name: 'relay',
      signal: controller.signal,
      onHeld:
        onHeld ??
        (async (signal) => {
          isHolding = true;
          holders.now += 1;
          holders.turns += 1;
          holders.max = Math.max(holders.max, holders.now);
          await untilAborted(signal);
          holders.now -= 1;
          isHolding = false;
        }),
    });
    const stop = (): Promise<void> => {
      controller.abort();
      return done;
    };
    stopping.push(stop);
    return { done, stop, isHolding: () => isHolding };
  }

  it('has one holder, and the next one as soon as that one stops', async () => {
    const contenders = [contend(), contend(), contend()];
    for (let turn = 1; turn <= 3; turn += 1) {
      await eventually(() => holders.now === 1 && holders.turns === turn);
      await Promise.all(contenders.filter(({ isHolding }) => isHolding()).map(({ stop }) => stop()));
    }
    expect(holders).toEqual({ now: 0, max: 1, turns: 3 });
  });

  it('tells the holder when its connection is gone, and is had again', async () => {
    contend();
    await eventually(() => holders.turns === 1);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lease relay'`.execute(
      db,
    );
    await eventually(() => holders.turns === 2);
    expect(holders.max).toBe(1);
  });

  it('moves within seconds from a process that hangs', async () => {
    const holder = spawn(
      process.execPath,
      ['--no-warnings', '--conditions=development', join(import.meta.dirname, 'lease-holder.ts'), url],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    try {
      await new Promise((resolve, reject) => {
        holder.stdout.once('data', resolve);
        holder.once('exit', reject);
      });
      contend();
      holder.kill('SIGSTOP');
      const frozenAt = Date.now();
      await eventually(() => holders.now === 1, { timeoutMs: 15_000 });
      expect(Date.now() - frozenAt).toBeLessThan(10_000);
    } finally {
      holder.kill('SIGKILL');
    }
  }, 30_000);

  it('ends when its holder returns, goes on when a retry can help, and passes on what cannot', async () => {
    let turns = 0;
    const { done } = contend(() => {
      turns += 1;
      return turns < 3 ? Promise.reject(new Failure('unavailable', 'not now')) : Promise.resolve();
    });
    await done;
    expect(turns).toBe(3);
    const bug = new TypeError('a bug');
    await expect(
      withLease({ db, name: 'x', signal: AbortSignal.timeout(10_000), onHeld: () => Promise.reject(bug) }),
    ).rejects.toBe(bug);
  });

  it('can be waited for in vain', async () => {
    contend();
    await eventually(() => holders.now === 1);
    await contend().stop();
    const waiting = contend();
    await eventually(async () => {
      const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(db);
      expect(rows).toHaveLength(1);
    });
    await waiting.stop();
    expect(holders.turns).toBe(1);
    await eventually(async () => {
      const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(db);
      expect(rows).toEqual([]);
    });
  });
});

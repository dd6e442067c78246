import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delay } from '@mooring/kernel';
import { createRandom, until } from '@mooring/testing';
import { checkAll } from '../src/checks/check-all.ts';
import { describeFindings } from '../src/checks/finding.ts';
import { SPINE_SERVICES } from '../src/faults/fault.ts';
import { settleFleet } from '../src/load/settle-fleet.ts';
import { openWorld } from '../src/world.ts';
import { firstOf, startTwin, type Instance, type Twin } from './twins.ts';

/** Who dies loses its leases at once, who stands still within about 5 s; the rest is for a busy machine. */
const MOVED_WITHIN_MS = 20_000;
const FROZEN_MS = 8_000;
const WAIT = { timeoutMs: 60_000 };
const OPTIONS = { rounds: 1, seed: 1, only: [], mutant: undefined, keep: false };

const isElsewhere = (message: string): boolean => message.startsWith('another instance does it');

/** Whether an instance has all that only one may have: relay, projections, the event log, every shard of clusters. */
async function hasEveryLease(instance: Instance): Promise<boolean> {
  const parts = await instance.parts();
  const clusters = parts.get('clusters')?.message;
  return (
    parts.has('relay') &&
    [...parts.values()].every(({ ready, message }) => ready && !isElsewhere(message)) &&
    (clusters === undefined || / in 8 of 8 shards /.test(clusters))
  );
}

const SHARDS = 8;

/** Whether all that only one may have is in one of these instances. */
async function shareEveryLease(instances: readonly Instance[]): Promise<boolean> {
  const parts = await Promise.all(instances.map((instance) => instance.parts()));
  const names = new Set(parts.flatMap((own) => [...own.keys()]));
  const shards = parts.map((own) => Number(/ in (\d) of 8 shards /.exec(own.get('clusters')?.message ?? '')?.[1] ?? 0));
  return [...names].every((name) =>
    name === 'clusters'
      ? shards.reduce((sum, count) => sum + count, 0) === SHARDS
      : parts.some((own) => own.get(name)?.ready === true && !isElsewhere(own.get(name)?.message ?? '')),
  );
}

async function untilTheyHaveEveryLease(instances: readonly Instance[]): Promise<void> {
  for (const instance of instances) {
    let last = '';
    await until(
      `another ${instance.service} to have every lease`,
      async () => {
        last = [...(await instance.parts())]
          .map(([name, { ready, message }]) => `    ${name}: ${ready ? '' : 'not ready, '}${message}`)
          .join('\n');
        return hasEveryLease(instance);
      },
      { timeoutMs: MOVED_WITHIN_MS, lastWords: () => last },
    );
  }
}

it('two instances of each service share the work, take over from each other within seconds, and have no double effect', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mooring-twins-')));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const random = createRandom(OPTIONS.seed);
  const world = closing.use(await openWorld(folder, OPTIONS, random.fork()));
  const { callers, fleet, injector, witnesses } = world;
  const { installation, asking } = witnesses;
  const twins: Twin[] = [];
  for (const service of SPINE_SERVICES)
    twins.push(closing.use(await startTwin(installation, join(folder, 'build'), service)));
  for (const twin of twins)
    await until(
      `the second ${twin.service}`,
      async () => isElsewhere((await twin.parts()).get('relay')?.message ?? ''),
      WAIT,
    );

  const ending = new AbortController();
  const load = Promise.all([callers.call(ending.signal), fleet.comeAndGo(random.fork(), ending.signal)]);
  try {
    // The one writer of the event log is notifications' only handler.
    for (const service of ['connections', 'discovery'] as const) {
      const both = [firstOf(installation, service), ...twins.filter((twin) => twin.service === service)];
      for (const instance of both)
        await until(
          `both instances of ${service} to handle messages`,
          async () => (await instance.handled()) > 0,
          WAIT,
        );
    }

    // All at once, in the middle of work. They are started again, and one of the two has each lease.
    await injector.inject({ kind: 'kill', targets: SPINE_SERVICES });
    for (const twin of twins)
      await until(
        `the instances of ${twin.service} to have every lease`,
        () => shareEveryLease([twin, firstOf(installation, twin.service)]),
        { timeoutMs: MOVED_WITHIN_MS },
      );
    const answeredBefore = asking.answeredAt;
    await until('commands to be answered again', () => asking.answeredAt > answeredBefore, WAIT);

    // Who stands still is taken for dead, and wakes up in the belief that it has everything still.
    const first = SPINE_SERVICES.map((service) => firstOf(installation, service));
    for (const twin of twins) twin.signal('SIGSTOP');
    const frozenAt = performance.now();
    await untilTheyHaveEveryLease(first);
    await delay(Math.max(0, frozenAt + FROZEN_MS - performance.now()));
    for (const twin of twins) twin.signal('SIGCONT');
    for (const twin of twins)
      await until(
        `the second ${twin.service} to stand down`,
        async () => isElsewhere((await twin.parts()).get('relay')?.message ?? ''),
        WAIT,
      );
    for (const twin of twins) twin.signal('SIGKILL');
  } finally {
    ending.abort();
    await load;
  }

  await settleFleet(callers, fleet, random);
  let found = '';
  await until(
    'the stores to agree',
    async () => {
      const { findings } = await checkAll(witnesses);
      found = describeFindings(findings);
      return findings.length === 0;
    },
    { ...WAIT, lastWords: () => found },
  );
}, 600_000);

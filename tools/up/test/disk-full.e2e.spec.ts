import { join } from 'node:path';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { eventually, temporaryFolder, type TemporaryFolder } from '@mooring/testing';
import { Client } from 'pg';
import { secretOf } from './backdoors.ts';
import { documentedCalls, walk } from './documented.ts';
import { canMount, ontoSmallDisk, type SmallDisk } from './small-disk.ts';
import { connectionIn, startSystem, type System } from './system.ts';

const STORES = { nats: 64, 'event-store': 64, postgres: 160 } as const;
type Store = keyof typeof STORES;

/** The port of PostgreSQL in the row of the installation's. */
const POSTGRES = 4;
/** A new start of an engine, some seconds for those who wait for it, and a busy machine. */
const BACK_WITHIN_MS = 60_000;
const ACTIONS = ['ignore', 'register'] as const;

((await canMount()) ? describe : describe.skip)('a full disk', () => {
  let folder: TemporaryFolder;
  let cluster: SimulatedCluster;
  let system: System;
  let id: string;
  const disks = new Map<Store, SmallDisk>();
  /** The revision that each command was answered with. */
  const answered = new Set<string>();
  let commands = 0;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const dataFolder = join(folder.path, 'data');
    cluster = await createSimulatedCluster({ name: 'anchor', nodes: 1, pods: 3 });
    system = await startSystem({ dataFolder });
    await system.importKubeconfig(cluster.kubeconfig);
    ({ id } = await connectionIn(system, 'anchor', 'connected'));
    await system.stop();
    for (const [store, mebibytes] of Object.entries(STORES))
      disks.set(store as Store, ontoSmallDisk(join(dataFolder, store), mebibytes));
    await system.start();
  }, 240_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    for (const disk of disks.values()) disk[Symbol.dispose]();
    await cluster?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  }, 60_000);

  const diskOf = (store: Store): SmallDisk => disks.get(store)!;

  /** Ignored and registered in turns, so that each that is decided leaves an event. */
  async function command(): Promise<{ readonly status: number; readonly code: unknown; readonly later: boolean }> {
    const action = ACTIONS[commands % ACTIONS.length]!;
    const { status, body, headers } = await system.call('POST', `/api/connections/${id}/${action}`);
    if (status === 200) {
      commands += 1;
      answered.add(body.revision);
    }
    return { status, code: body.code, later: headers.has('retry-after') };
  }

  const missing = async (): Promise<string> => {
    const { body } = await system.call('GET', '/readyz');
    const parts = body.contributors.filter(({ ready }: { ready: boolean }) => !ready);
    return parts.map(({ name, message }: { name: string; message: string }) => `${name}: ${message}`).join('\n');
  };
  const untilMissing = (sentence: RegExp): Promise<unknown> =>
    eventually(async () => expect(await missing()).toMatch(sentence), { timeoutMs: BACK_WITHIN_MS });

  /** Everything is ready, a command is answered, and the log has every event that a command was answered with, once and in order. */
  async function untilAllIsThere(): Promise<void> {
    await eventually(async () => expect(await missing()).toBe(''), { timeoutMs: BACK_WITHIN_MS });
    await eventually(async () => expect((await command()).status).toBe(200), { timeoutMs: BACK_WITHIN_MS });
    const call = await documentedCalls(system);
    await eventually(
      async () => {
        const events = (await walk(call, `/api/events?order=oldest`, 200)).map(({ event }) => event);
        const own = events.filter(({ subject, source }) => subject === id && source.includes('connections'));
        const sequences = own.map(({ sequence }) => Number(sequence));
        expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, index) => index));
        expect(sequences.map(String)).toEqual(expect.arrayContaining([...answered]));
        expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
      },
      { timeoutMs: BACK_WITHIN_MS, intervalMs: 200 },
    );
  }

  it('under NATS: commands are recorded, readiness says what is wrong, all is published when there is room', async () => {
    diskOf('nats').fill();
    await eventually(
      async () => {
        expect((await command()).status).toBe(200);
        expect(await missing()).toMatch(/relay: .*CONNECTIONS does not acknowledge, as when the disk .* is full/);
      },
      { timeoutMs: BACK_WITHIN_MS, intervalMs: 200 },
    );
    diskOf('nats').free();
    await untilAllIsThere();
    expect(system.output()).toMatch(/nats could not write to its disk, and takes nothing until it is started again/);
  }, 240_000);

  it('under the event store: no command is answered as done that is not recorded, reads go on', async () => {
    diskOf('event-store').fill();
    const refused = await eventually(
      async () => {
        const answer = await command();
        expect(answer.status).not.toBe(200);
        return answer;
      },
      { timeoutMs: BACK_WITHIN_MS },
    );
    expect(refused).toEqual({
      status: 503,
      code: expect.stringMatching(/^(unavailable|outcome-unknown)$/),
      later: true,
    });
    expect((await system.call('GET', `/api/connections/${id}`)).status).toBe(200);
    diskOf('event-store').free();
    await untilAllIsThere();
  }, 240_000);

  it('under PostgreSQL, for its tables: what cannot be written is named, and written when there is room', async () => {
    diskOf('postgres').fill();
    await eventually(
      async () => {
        expect((await command()).status).toBe(200);
        expect(await missing()).toMatch(/No space left on device/);
      },
      { timeoutMs: BACK_WITHIN_MS },
    );
    diskOf('postgres').free();
    await untilAllIsThere();
  }, 240_000);

  it('under PostgreSQL, for its log, which ends it: nothing is given up, and it is started when there is room', async () => {
    // A full PostgreSQL lets nobody in.
    const client = await asSuperuser();
    diskOf('postgres').fill();
    await writeUntilTheEnd(client);
    await untilMissing(/PostgreSQL cannot be reached since/);
    await eventually(
      () => expect(system.output()).toMatch(/postgres waits for room on the disk of .*postgres: 0 MiB/),
      {
        timeoutMs: BACK_WITHIN_MS,
      },
    );
    diskOf('postgres').free();
    await untilAllIsThere();
  }, 240_000);

  async function asSuperuser(): Promise<Client> {
    const password = secretOf(system, 'postgres.password');
    const client = new Client(`postgres://postgres:${password}@127.0.0.1:${system.port + POSTGRES}/postgres`);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Has PostgreSQL write more than its log has room for. */
  async function writeUntilTheEnd(client: Client): Promise<void> {
    const writeOn = async (): Promise<void> => {
      for (;;) await client.query(`select pg_logical_emit_message(true, 'test', repeat('x', 1000000))`);
    };
    await expect(writeOn()).rejects.toThrow();
    await client.end().catch(() => undefined);
  }
});

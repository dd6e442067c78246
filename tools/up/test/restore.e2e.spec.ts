import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { eventually, temporaryFolder, type TemporaryFolder } from '@mooring/testing';
import { secretOf } from './backdoors.ts';
import { documentedCalls, walk } from './documented.ts';
import { connectionIn, startSystem, type System } from './system.ts';

/** The ports after the gateway's, in the order of tools/up/src/ports.ts. */
const EVENT_STORE_HTTP = 3;
const CONNECTIONS = 5;

/** With modes and owners, which PostgreSQL looks at. */
const copyAll = (from: string, to: string): void => void execFileSync('cp', ['-a', from, to]);

/** As docs/operations.md tells an operator to do it. */
describe('a backup of an installation', () => {
  let folder: TemporaryFolder;
  let cluster: SimulatedCluster;
  let system: System;
  let id: string;
  /** The copy of the event store that the running node made, after everything else was copied. */
  let eventStoreCopy: string;
  let logged: readonly any[];

  const data = (...path: string[]): string => join(folder.path, 'data', ...path);
  const copy = (...path: string[]): string => join(folder.path, 'copy', ...path);
  const events = async (): Promise<readonly any[]> => {
    const call = await documentedCalls(system);
    return (await walk(call, '/api/events?order=oldest', 200)).map(({ event }) => event);
  };
  const decide = async (action: string): Promise<void> => {
    const { status, body } = await system.call('POST', `/api/connections/${id}/${action}`);
    expect([action, status, body]).toEqual([action, 200, expect.anything()]);
  };
  const backUpEventStore = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const ask = request(
        {
          host: 'localhost',
          port: system.port + EVENT_STORE_HTTP,
          method: 'POST',
          path: '/admin/backup',
          ca: readFileSync(data('secrets/event-store-authority.crt')),
          auth: `admin:${secretOf(system, 'event-store-admin.password')}`,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve((JSON.parse(text) as { file: string }).file));
        },
      );
      ask.on('error', reject).end();
    });

  beforeAll(async () => {
    folder = await temporaryFolder();
    cluster = await createSimulatedCluster({ name: 'anchor', nodes: 1, pods: 3 });
    system = await startSystem({ dataFolder: data() });
    await system.importKubeconfig(cluster.kubeconfig);
    ({ id } = await connectionIn(system, 'anchor', 'connected'));
    await system.stop();
    mkdirSync(copy());
    for (const part of ['mooring.json', 'secrets', 'postgres', 'event-store']) copyAll(data(part), copy(part));

    // Life goes on between the two copies, and after the second.
    await system.start();
    await decide('ignore');
    await connectionIn(system, 'anchor', 'ignored');
    eventStoreCopy = copy('events.db');
    copyAll(await backUpEventStore(), eventStoreCopy);
    logged = await eventually(async () => {
      const found = await events();
      expect(found.map(({ type }) => type)).toContain('io.meshery.connections.connection.ignored.v1');
      return found;
    });
    await system.stop();
  }, 240_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  }, 60_000);

  it('goes on from an older copy of PostgreSQL, a newer one of the event store and an empty NATS', async () => {
    rmSync(data(), { recursive: true });
    mkdirSync(data(), { mode: 0o700 });
    for (const part of ['mooring.json', 'secrets', 'postgres']) copyAll(copy(part), data(part));
    mkdirSync(data('event-store'), { mode: 0o700 });
    copyAll(eventStoreCopy, data('event-store/events.db'));
    await system.start();

    // What was decided after PostgreSQL was copied is there, and nothing is there twice.
    await connectionIn(system, 'anchor', 'ignored');
    const restored = await eventually(async () => {
      const found = await events();
      expect(found.map((event) => event.id).sort()).toEqual(
        expect.arrayContaining(logged.map((event) => event.id).sort()),
      );
      return found;
    });
    expect(new Set(restored.map((event) => event.id)).size).toBe(restored.length);

    // The credential is the one that was imported before, and the cluster is watched with it again.
    await decide('register');
    await connectionIn(system, 'anchor', 'connected', 60_000);
    expect((await fetch(`${system.url}/readyz`)).status).toBe(200);
    await system.stop();
  }, 180_000);

  it('is refused with instructions when the event store is the older one, and goes on when PostgreSQL is as old', async () => {
    rmSync(data('event-store'), { recursive: true });
    copyAll(copy('event-store'), data('event-store'));
    const refused = system.start().catch((thrown: unknown) => thrown);
    const report = await eventually(
      async () => {
        const response = await fetch(`http://127.0.0.1:${system.port + CONNECTIONS}/readyz`);
        const text = await response.text();
        expect([response.status, text]).toEqual([503, expect.stringContaining('restored from an older copy')]);
        return text;
      },
      { timeoutMs: 60_000 },
    );
    expect(report).toContain('Restore the copy that matches, or drop what was derived from it');
    await system.stop();
    await refused;

    rmSync(data('postgres'), { recursive: true });
    rmSync(data('nats'), { recursive: true });
    copyAll(copy('postgres'), data('postgres'));
    await system.start();
    await connectionIn(system, 'anchor', 'connected', 60_000);
    await decide('maintain');
    await connectionIn(system, 'anchor', 'maintenance');
  }, 240_000);
});

import { statSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSimulatedCluster } from '@mooring/kube-sim';
import { eventually, temporaryFolder } from '@mooring/testing';
import { startOtlpReceiver, type OtlpReceiver } from './otlp-receiver.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';

/** A folder that has what the image has, made by infra/docker/install-production.mjs; else the checkout. */
const root = process.env['MOORING_REHEARSAL_ROOT'];

describe('the processes of the compose file, with its commands and its variables', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let receiver: OtlpReceiver;
  let traceId: string;
  let rehearsal: Rehearsal;

  beforeAll(async () => {
    folder = await temporaryFolder();
    receiver = await startOtlpReceiver();
    rehearsal = await rehearse({ folder: folder.path, otlpUrl: receiver.url, root });
  }, 180_000);

  afterAll(async () => {
    await rehearsal?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  }, 60_000);

  it('become healthy, over TLS and with an account of their own each, and connect a cluster', async () => {
    await using cluster = await createSimulatedCluster({ name: 'rehearsed', nodes: 1, pods: 2 });
    const headers = { 'content-type': 'application/yaml' };
    const answer = await rehearsal.call('/api/imports', { method: 'POST', body: cluster.kubeconfig, headers });
    expect(answer.status).toBe(202);
    traceId = answer.headers.get('x-trace-id') ?? '';
    await eventually(
      async () => {
        const { items } = (await (await rehearsal.call('/api/connections')).json()) as any;
        expect(items).toMatchObject([{ name: 'rehearsed', state: 'connected' }]);
      },
      { timeoutMs: 30_000 },
    );
  }, 60_000);

  it('serve a browser that comes by the published port', async () => {
    expect(await rehearsal.statusAtPublishedPort('/')).toBe(200);
  });

  it('are provisioned again without a change, and each finds only its own part', async () => {
    const parts = join(folder.path, 'hand-out');
    const all = (): Record<string, string> =>
      Object.fromEntries(
        readdirSync(parts, { recursive: true, encoding: 'utf8' })
          .filter((name) => statSync(join(parts, name)).isFile())
          .map((name) => [name, readFileSync(join(parts, name), 'utf8')]),
      );
    const before = all();
    await rehearsal.runOnce('keys');
    await rehearsal.runOnce('provision');
    expect(all()).toEqual(before);
    for (const name of Object.keys(before)) expect([name, statSync(join(parts, name)).mode & 0o077]).toEqual([name, 0]);
    // A secret is in the part of one process alone, but for those that prove something to each other.
    const shared = new Set(['internal.secret', 'event-store-ca.crt', 'authorities/ca.crt']);
    const holders = new Map<string, string[]>();
    for (const [name, text] of Object.entries(before))
      if (!shared.has(name.slice(name.indexOf('/') + 1)) && !name.endsWith('/environment'))
        holders.set(text, [...(holders.get(text) ?? []), name]);
    expect([...holders.values()].filter((names) => names.length > 1)).toEqual([]);
  }, 60_000);

  it('send what happened to the collector: one trace through every service, and nothing that OTLP does not allow', async () => {
    await eventually(
      () => {
        const services = receiver.spans.filter((span) => span.traceId === traceId).map(({ service }) => service);
        expect(new Set(services)).toEqual(new Set(['gateway', 'connections', 'discovery', 'notifications']));
      },
      { timeoutMs: 30_000 },
    );
    expect(receiver.findings).toEqual([]);
    const ids = receiver.spans.map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(ids.length);
  }, 60_000);
});

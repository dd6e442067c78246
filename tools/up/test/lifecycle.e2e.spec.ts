import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkoutFolder, freePortRow, treeOf } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import { eventually, temporaryFolder, type TemporaryFolder } from '@mooring/testing';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { PORTS } from '../src/options.ts';
import { identityOf } from '../src/process-identity.ts';
import { listenersOf } from './listeners.ts';
import { connectionIn, outcomesOf, startSystem, type System } from './system.ts';

const QUICK = { MOORING_UP_DISCOVERY_LOST_WINDOW: '1s', MOORING_UP_DISCOVERY_RETRY_MAX: '1s' };
const COMPONENTS = [
  'nats',
  'postgres',
  'event-store',
  'connections',
  'discovery',
  'notifications',
  'console',
  'gateway',
];
/** Of starting again on existing data; ten seconds are promised on a machine that does nothing else. */
const SECOND_START_MS = 30_000;
/** Who asks to stop again so much later wants an end at once. */
const IMPATIENT_AFTER_MS = 1_000;

const isReady = async ({ url }: System): Promise<boolean> => (await fetch(`${url}/readyz`)).ok;

/** What a start that is refused says, once it has ended; and that nothing of it runs. */
async function refusal(system: System): Promise<string> {
  expect(await system.exited).toBe(1);
  return system.output().trim();
}

describe('the life of an installation', () => {
  let system: System;
  let folder: TemporaryFolder;
  let cluster: SimulatedCluster;

  beforeAll(async () => {
    folder = await temporaryFolder();
    cluster = await createSimulatedCluster({ name: 'harbour', nodes: 1, pods: 5 });
    system = await startSystem({ env: QUICK, dataFolder: join(folder.path, 'data') });
  }, 120_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  }, 60_000);

  it('prints a link that opens the page, and remembers the browser by a cookie', async () => {
    const link = /Open {2}(\S+)/.exec(system.output())?.[1] ?? '';
    const opened = await fetch(link, { redirect: 'manual' });
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(`${system.url}/`, { headers: { cookie, accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect(await page.text()).toContain('<script');
    expect((await fetch(`${system.url}/api/connections`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(`${system.url}/api/connections`)).status).toBe(401);
  });

  it('listens on 127.0.0.1 only, with everything it started', () => {
    const listeners = listenersOf(treeOf(system.child.pid!));
    expect(listeners.length).toBeGreaterThanOrEqual(COMPONENTS.length);
    expect(listeners.filter(({ address }) => address !== '127.0.0.1')).toEqual([]);
  });

  it('refuses a second start on the same data folder, names the process, and leaves the first one alone', async () => {
    await using second = await startSystem({ dataFolder: system.dataFolder, port: system.port, ready: false });
    expect(await refusal(second)).toBe(
      `it is running already from ${system.dataFolder} (process ${system.child.pid}): stop that one, or choose another folder with --data DIR`,
    );
    expect(await isReady(system)).toBe(true);
  });

  it('refuses ports in use in one message that names them and what to do, and starts nothing', async () => {
    const dataFolder = join(folder.path, 'other');
    await using second = await startSystem({ dataFolder, port: system.port, ready: false });
    const said = await refusal(second);
    expect(said).toMatch(
      /^these ports of 127\.0\.0\.1 are in use: .*\. Stop what uses them, or start with --port N.*$/,
    );
    for (const port of [`${system.port} (gateway)`, `${system.port + 1} (nats)`]) expect(said).toContain(port);
    expect(await isReady(system)).toBe(true);
  });

  it.each(COMPONENTS)(
    'starts %s again when it is killed, says so, and becomes ready again',
    async (name) => {
      const before = system.pidOf(name);
      process.kill(before, 'SIGKILL');
      await eventually(() => system.output().includes(`${name} died (signal SIGKILL); starting it again in 250 ms`));
      await eventually(() => system.output().includes(`${name} is back (process `), { timeoutMs: 30_000 });
      await eventually(() => isReady(system), { timeoutMs: 30_000, intervalMs: 100 });
      expect(system.pidOf(name)).not.toBe(before);
      expect(system.output()).toContain(`${name} is back (process ${system.pidOf(name)})`);
    },
    60_000,
  );

  it('still imports a kubeconfig and connects its cluster after all of them died', async () => {
    const importId = await system.importKubeconfig(cluster.kubeconfig);
    expect(await outcomesOf(system, importId)).toMatchObject({ harbour: { outcome: 'registered' } });
    await connectionIn(system, 'harbour', 'connected');
  }, 60_000);

  it('ends what a killed start left behind, and goes on; it says what is wrong with a kubeconfig that is not YAML', async () => {
    const kubeconfig = join(folder.path, 'config');
    await writeFile(kubeconfig, 'clusters: [');
    const left = COMPONENTS.map((name) => [name, system.pidOf(name)] as const);
    const identities = left.map(([, pid]) => identityOf(pid));
    system.child.kill('SIGKILL');
    await system.exited;
    await system.start(['--kubeconfig', kubeconfig]);
    expect(left.map(([, pid]) => identityOf(pid)).filter((now, index) => now === identities[index])).toEqual([]);
    expect(system.output()).toContain('was left over from a start that was killed; stopping it');
    const refused = `--kubeconfig ${kubeconfig} cannot be used: the document is not YAML`;
    await eventually(() => system.output().includes(refused), { timeoutMs: 10_000 });
    await connectionIn(system, 'harbour', 'connected');
  }, 90_000);

  it('stops exactly its own processes at Ctrl-C, with exit code 0, and starts again on its state', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { stdio: 'ignore' });
    const own = treeOf(system.child.pid!);
    expect(own.length).toBeGreaterThan(COMPONENTS.length);
    const stoppingAt = performance.now();
    expect(await system.stop()).toBe(0);
    const stopMs = performance.now() - stoppingAt;
    expect(own.filter((pid) => identityOf(pid) !== undefined)).toEqual([]);
    expect(identityOf(stranger.pid!)).toBeDefined();
    stranger.kill('SIGKILL');

    const startingAt = performance.now();
    await system.start();
    const startMs = performance.now() - startingAt;
    process.stdout.write(`stopped in ${Math.round(stopMs)} ms, started again in ${Math.round(startMs)} ms\n`);
    expect(startMs).toBeLessThan(SECOND_START_MS);
    await connectionIn(system, 'harbour', 'connected');
  }, 90_000);

  it('ends with the reason when a component refuses its configuration, without trying again', async () => {
    await system.stop();
    await using wrong = await startSystem({
      dataFolder: system.dataFolder,
      port: system.port,
      ready: false,
      env: { MOORING_UP_DISCOVERY_LOST_WINDOW: 'soon' },
    });
    const said = await refusal(wrong);
    expect(said).toContain('DISCOVERY_LOST_WINDOW');
    expect(said).not.toContain('starting it again');
    expect(treeOf(wrong.child.pid!)).toEqual([]);
  }, 60_000);
});

describe('a start that cannot succeed', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const saidAt = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
    await using system = await startSystem({ dataFolder: join(folder.path, 'data'), args, env, ready: false });
    return await refusal(system);
  };

  it('refuses the data folder of another version', async () => {
    const dataFolder = join(folder.path, 'old');
    await mkdir(dataFolder);
    await writeFile(join(dataFolder, 'mooring.json'), '{"format":0}');
    await using system = await startSystem({ dataFolder, ready: false });
    expect(await refusal(system)).toMatch(/has data of format 0, and this version uses format 1: .*--data DIR$/);
  });

  it('refuses a kubeconfig that is not there or cannot be read', async () => {
    const missing = join(folder.path, 'missing.yaml');
    expect(await saidAt(['--kubeconfig', missing])).toBe(`--kubeconfig ${missing}: there is no such file`);
    expect(await saidAt(['--kubeconfig', folder.path])).toMatch(/^--kubeconfig .*EISDIR/);
  });

  it('names one port in use, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await using system = await startSystem({ dataFolder: join(folder.path, 'data'), port, ready: false });
    expect(await refusal(system)).toMatch(`this port of 127.0.0.1 is in use: ${port} (gateway). Stop what uses it`);
    server.close();
  });

  it('says what is missing where nats-server is not there and cannot be built', async () => {
    const nothing = { PATH: '/nowhere', MOORING_GO: '/nowhere/go', MOORING_CACHE: join(folder.path, 'cache') };
    const text = await saidAt([], nothing);
    expect(text).toMatch(/^nats-server \S+ is not on this machine and there is no Go to build it/);
    expect(text).toContain('install Go');
  });
});

describe('a start by npm', () => {
  it('ends in order when npm is asked to stop, which passes that on to its shell only', async () => {
    await using folder = await temporaryFolder();
    const [dataFolder, port] = [join(folder.path, 'data'), await freePortRow(PORTS)];
    // A last command would take the place of the shell.
    const start = `"${process.execPath}" tools/up/bootstrap.mjs --data "${dataFolder}" --port ${port}; exit $?`;
    const shell = spawn('sh', ['-c', start], {
      cwd: checkoutFolder(),
      env: { ...process.env, NODE_OPTIONS: '', npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    // The program writes there too: this is the end of all of them.
    const ended = once(shell.stdout, 'close');
    try {
      await eventually(() => output.includes('Ctrl-C stops everything'), { timeoutMs: 90_000 });
      const own = treeOf(shell.pid!);
      const { processes } = JSON.parse(await readFile(join(dataFolder, 'processes.json'), 'utf8'));
      const gateway = processes.find(({ name }: { name: string }) => name === 'gateway').pid;
      process.kill(gateway, 'SIGSTOP');
      shell.kill('SIGTERM');
      await eventually(() => output.includes('Stopping …'), { timeoutMs: 10_000 });
      // The stop has to last until whoever asks again counts as impatient.
      await delay(IMPATIENT_AFTER_MS + 1_000);
      expect(output).not.toContain('Not waiting any longer');
      process.kill(gateway, 'SIGCONT');
      await ended;
      expect(output.trim().split('\n').at(-1)).toBe('Stopped.');
      expect(own.length).toBeGreaterThan(COMPONENTS.length);
      // A process lets go of its files a moment before it is gone.
      await eventually(() => expect(own.filter((pid) => identityOf(pid) !== undefined)).toEqual([]));
      expect(await readFile(join(dataFolder, 'logs/postgres.log'), 'utf8')).toContain('database system is shut down');
    } finally {
      shell.kill('SIGTERM');
      await ended;
    }
  }, 150_000);
});

describe('a start of the demo', () => {
  it('connects three simulated clusters', async () => {
    await using system = await startSystem({ args: ['--demo'] });
    for (const name of ['harbour-east', 'harbour-west', 'dry-dock']) {
      await connectionIn(system, name, 'connected', 60_000);
      await eventually(() => system.output().includes(`  ${name}: registered`), { timeoutMs: 30_000 });
    }
  }, 120_000);
});

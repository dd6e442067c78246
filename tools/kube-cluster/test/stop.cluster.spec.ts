import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { checkoutFolder, hasEnded, treeOf } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import { waitUntil } from '../src/wait-until.ts';

jest.setTimeout(600_000);

const PROGRAM = join(checkoutFolder(), 'tools/kube-cluster/dist/src/main.js');
/** Who asks to stop again so much later wants an end at once. */
const IMPATIENT_AFTER_MS = 1_000;

const eventually = (what: string, timeoutMs: number, look: () => boolean): Promise<true> =>
  waitUntil(what, { timeoutMs, patience: () => undefined }, () => Promise.resolve(look() || undefined));

/** `up`, whose temporary folders are the only ones there. */
async function startUp(folder: string) {
  await mkdir(folder);
  const child = spawn(process.execPath, [PROGRAM, 'up', '--nodes', '1'], {
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  return {
    child,
    output: () => output,
    said: (words: string, timeoutMs: number) => eventually(`it said ${words}`, timeoutMs, () => output.includes(words)),
    /** The exit code, or the signal it died of. */
    ended: ended.then(([code, signal]: (number | string | null)[]) => code ?? signal),
  };
}

describe('the end of `up`', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-kube-cluster-stop-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is in order although each of the signals comes again while it ends', async () => {
    const temporary = join(folder, 'in-order');
    const up = await startUp(temporary);
    await up.said('Ctrl-C stops it', 500_000);
    const own = treeOf(up.child.pid!);
    expect(own).toHaveLength(5);
    expect(await readdir(temporary)).not.toEqual([]);
    up.child.kill('SIGTERM');
    await up.said('Stopping …', 10_000);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) up.child.kill(signal);
    expect(await up.ended).toBe(0);
    expect(up.output()).not.toContain('Not waiting any longer');
    expect(own.filter((pid) => !hasEnded(pid))).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('is at once for who asks again later, and leaves nothing either', async () => {
    const temporary = join(folder, 'at-once');
    const up = await startUp(temporary);
    await up.said('API server is ready', 500_000);
    await eventually('its four processes started', 60_000, () => treeOf(up.child.pid!).length === 5);
    const own = treeOf(up.child.pid!);
    // Frozen, they hold the end up for three seconds.
    for (const pid of own.slice(1)) process.kill(pid, 'SIGSTOP');
    up.child.kill('SIGINT');
    await up.said('Stopping …', 10_000);
    await delay(IMPATIENT_AFTER_MS + 200);
    up.child.kill('SIGINT');
    expect(await up.ended).toBe(1);
    expect(up.output()).toContain('Not waiting any longer');
    await eventually('all of them ended', 10_000, () => own.every(hasEnded));
    expect(await readdir(temporary)).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@mooring/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../dist/test/main.js');
const SECRET = randomBytes(32).toString('hex');
const HEADERS = { 'x-mooring-internal': SECRET };

type Line = Readonly<Record<string, unknown>>;

interface Running {
  readonly child: ChildProcess;
  readonly lines: Line[];
  /** Waits for a log line with this message. */
  line(msg: string): Promise<Line>;
  readonly exit: Promise<number>;
}

let folder = '';
const children: ChildProcess[] = [];
beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
  folder = mkdtempSync(join(tmpdir(), 'service-'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function startProcess(env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [MAIN], {
    env: { MOORING_HTTP_PORT: '0', MOORING_INTERNAL_SECRET_FILE: join(folder, 'secret'), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: Line[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const texts = (rest + chunk.toString()).split('\n');
    rest = texts.pop() ?? '';
    lines.push(...texts.map((text) => JSON.parse(text) as Line));
  });
  return {
    child,
    lines,
    exit: once(child, 'close').then(([code]) => code as number),
    line: (msg) =>
      eventually(
        () => {
          const found = lines.find((line) => line['msg'] === msg);
          if (found === undefined) throw new Error(`no line "${msg}" in ${JSON.stringify(lines)}`);
          return found;
        },
        { timeoutMs: 15_000 },
      ),
  };
}

const messages = ({ lines }: Running): unknown[] => lines.map(({ msg, name }) => name ?? msg);

describe('the process of a service', () => {
  it('says where it is ready, and at SIGTERM drains, closes in reverse order and exits 0', async () => {
    const running = startProcess();
    const { url } = await running.line('ready');
    const slow = fetch(`${String(url)}/api/slow`, { headers: HEADERS });
    await running.line('slow request is here');
    running.child.kill('SIGTERM');
    expect((await slow).status).toBe(200);
    expect(await running.exit).toBe(0);
    expect(messages(running)).toEqual([
      'listening',
      'ready',
      'slow request is here',
      'stopping',
      'second',
      'first',
      'stopped',
    ]);
  }, 30_000);

  it('cuts what does not end within the bound, still closes, and exits 1', async () => {
    const running = startProcess({ MOORING_STOP_TIMEOUT: '1s' });
    const { url } = await running.line('ready');
    const stuck = fetch(`${String(url)}/api/stuck`, { headers: HEADERS }).catch(() => 'cut');
    await running.line('stuck request is here');
    running.child.kill('SIGINT');
    expect(await stuck).toBe('cut');
    expect(await running.exit).toBe(1);
    expect(messages(running)).toEqual(expect.arrayContaining(['second', 'first', 'stopped']));
  }, 30_000);

  it.each([
    ['/api/fault', 'the store is gone'],
    ['/api/bug', 'nobody catches this'],
  ])(
    'stops in order and exits 1 after %s',
    async (path, reason) => {
      const running = startProcess();
      const { url } = await running.line('ready');
      await fetch(`${String(url)}${path}`, { method: 'POST', headers: HEADERS });
      expect(await running.exit).toBe(1);
      expect(JSON.stringify(running.lines.find(({ level }) => level === 'fatal'))).toContain(reason);
      expect(messages(running)).toEqual(expect.arrayContaining(['second', 'first', 'stopped']));
    },
    30_000,
  );

  it('exits 78 for a configuration that cannot be used, with all findings in one line', async () => {
    const running = startProcess({ MOORING_HTTP_PORT: 'http', WIDGETS_GREETINGS: 'hi' });
    expect(await running.exit).toBe(78);
    expect(running.lines).toHaveLength(1);
    expect(running.lines[0]?.['msg']).toContain('MOORING_HTTP_PORT: "http" is not an integer in 0..65535');
    expect(running.lines[0]?.['msg']).toContain('did you mean WIDGETS_GREETING?');
  }, 30_000);

  it('exits 1 when its port is taken, and closes what it had opened', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const running = startProcess({ MOORING_HTTP_PORT: String((other.address() as AddressInfo).port) });
    expect(await running.exit).toBe(1);
    other.close();
    expect(JSON.stringify(running.lines)).toContain('EADDRINUSE');
    expect(messages(running)).toEqual(expect.arrayContaining(['second', 'first']));
  }, 30_000);
});

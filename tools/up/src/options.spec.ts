import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder } from '@mooring/engines';
import { DEFAULT_PORT, help, OPTIONS, PORTS, PORTS_OF_DEMO, readOptions } from './options.ts';

const read = (...args: string[]) => readOptions(args, '/checkout', '/here');

describe('the command line of the start', () => {
  it('keeps all state in .mooring of the checkout and starts at the default port unless told', () => {
    expect(read()).toEqual({
      port: DEFAULT_PORT,
      allow: [],
      dataFolder: '/checkout/.mooring',
      kubeconfig: undefined,
      demo: false,
      otlpEndpoint: undefined,
      readers: [],
    });
  });

  it('takes files relative to where the person is', () => {
    expect(read('--kubeconfig', 'config', '--data', '../data', '--allow-exec', '--allow-http')).toMatchObject({
      kubeconfig: '/here/config',
      dataFolder: '/data',
      allow: ['exec', 'http'],
    });
  });

  it.each([['--help'], ['-h'], ['--demo', '--help']])('gives the help for %s', (...args) => {
    expect(read(...args)).toBe('help');
  });

  it('has help that knows every option, and the ports that are taken', () => {
    const described = [...help().matchAll(/^ {2}--([a-z-]+)/gmu)].map(([, name]) => name);
    expect(described.sort()).toEqual(Object.keys(OPTIONS).sort());
    expect(help()).toContain(`${PORTS} ports in a row, ${PORTS_OF_DEMO} with --demo (default: ${DEFAULT_PORT}`);
  });

  it.each([['--help'], ['-h'], ['--demo', '--help']])('says it before anything is installed: %s', (...args) => {
    const bare = mkdtempSync(join(tmpdir(), 'mooring-help-'));
    try {
      const folder = join(bare, 'tools/up');
      for (const file of ['bootstrap.mjs', 'prepare.mjs', 'outlive.mjs', 'help.txt'])
        cpSync(join(checkoutFolder(), 'tools/up', file), join(folder, file));
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bootstrap.mjs'), ...args], {
        encoding: 'utf8',
        timeout: 30_000,
      });
      expect([status, stdout, stderr]).toEqual([0, `${help()}\n`, '']);
    } finally {
      rmSync(bare, { recursive: true });
    }
  });

  it.each([
    [['--port', '0'], '--port 0', '1 to 65523'],
    [['--port', '65524'], '--port 65524', '1 to 65523'],
    [['--port', 'http'], '--port http', '1 to 65523'],
    [['--port', '1e3'], '--port 1e3', 'a whole number'],
    [['--port', ''], '--port is empty', 'leave it out'],
    [['--data', ''], '--data is empty', 'leave it out'],
    [['--kubeconfig', 'a', '--kubeconfig', 'b'], '--kubeconfig was given 2 times', 'once'],
    [['--otlp', 'collector:4318'], '--otlp collector:4318', 'http: or https:'],
    [['--otlp', 'collector'], '--otlp collector', 'http: or https:'],
    [['--demo', '--kubeconfig', 'a'], '--demo and --kubeconfig', 'on the page'],
    [['--allow-exec', '--allow-files'], '--allow-exec, --allow-files', '--kubeconfig'],
    [['--alow-exec'], "'--alow-exec'", '--allow-exec'],
    [['start'], "'start'", '--kubeconfig FILE'],
    [['--kubeconfig'], '--kubeconfig', '--kubeconfig FILE'],
    [['--demo=yes'], '--demo', '--demo '],
  ])('refuses %j, names what is wrong and what is allowed', (args, wrong, allowed) => {
    const attempt = () => read(...args);
    expect(attempt).toThrow(expect.objectContaining({ name: 'Failure', code: 'invalid' }));
    expect(attempt).toThrow(wrong);
    expect(attempt).toThrow(allowed);
  });

  it('makes readers of plain names only, and of none that somebody has', () => {
    expect(readOptions(['--reader', 'audit', '--reader', 'ci-1'], '/checkout', '/here')).toMatchObject({
      readers: ['audit', 'ci-1'],
    });
    for (const name of ['Audit', 'a.b', '', '-x', 'connections', 'operator']) {
      expect(() => readOptions([`--reader=${name}`], '/checkout', '/here')).toThrow('cannot name a reader');
    }
  });
});

import { jest } from '@jest/globals';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, readVerifyPath } from '../src/config.ts';
import { FLAGS, flagText, usage, type FlagName } from '../src/flags.ts';
import { runProgram } from './own-process.ts';
import { certificate, CERTIFICATE_FILE, PRIVATE_KEY_FILE } from './secure-node.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const names = Object.keys(FLAGS) as FlagName[];
const presetOf = (name: FlagName): string | undefined => {
  const flag = FLAGS[name];
  return 'preset' in flag ? flag.preset : undefined;
};

describe('help', () => {
  it('is printed when it is asked for, and nothing is done', () => {
    using folder = temporaryFolder();
    for (const args of [['--help'], ['verify', '--data', join(folder.path, 'd'), '-h']])
      expect(runProgram(args)).toEqual({ code: 0, stdout: usage(), stderr: '' });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it.each(names)('has --%s as it is parsed, with its variable and default', (name) => {
    const flag = FLAGS[name];
    expect(usage()).toContain(`  ${flagText(name, flag)} `);
    const preset = presetOf(name);
    expect(usage()).toContain(`${flag.environment}${preset === undefined ? '\n' : `, default ${preset}\n`}`);
  });

  it.each(names)('and the README say the same of --%s', (name) => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const row = rows.find((cells) => cells[1] === `\`${flagText(name, FLAGS[name])}\``);
    expect(row?.[2]?.replaceAll('`', '').split('=')[0]).toBe(FLAGS[name].environment);
    expect(row?.[3]?.replaceAll('`', '')).toBe(presetOf(name) ?? (name === 'data' ? 'required' : ''));
  });

  it('is what a wrong command line is pointed to', () => {
    const { code, stdout, stderr } = runProgram(['--nonsense']);
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      "event-store-node: Unknown option '--nonsense': --help says what there is\n",
    ]);
    for (const args of [['verfy', '--data', '/d'], ['--insecure', '--data', '/d', '--port'], ['--insecure'], []])
      expect(() => readConfig(args, {})).toThrow(/--help/u);
    expect(() => readVerifyPath(['--port', '1'], {})).toThrow(/--port.*--help/u);
  });
});

describe('files for TLS that cannot be served with are refused by the flag and what is wrong', () => {
  const key = readFileSync(PRIVATE_KEY_FILE, 'utf8');
  const another = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const withPassphrase = createPrivateKey(key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });
  const own = certificate().toString('utf8');
  const damaged = (pem: string): string => pem.replace(/\n.{8}/u, '\n!!!!!!!!');
  const start = (certificateText: string | Buffer, keyText: string | Buffer): string[] => {
    using folder = temporaryFolder();
    const [c, k] = [join(folder.path, 'c.pem'), join(folder.path, 'k.pem')];
    writeFileSync(c, certificateText);
    writeFileSync(k, keyText);
    const flags = ['--data', '/d', '--tls-certificate', c, '--tls-private-key', k];
    try {
      readConfig(flags, {});
      return [];
    } catch (thrown) {
      return [String(thrown).replaceAll(folder.path, '')];
    }
  };

  it.each<[string, string | Buffer, string | Buffer, RegExp]>([
    ['a key in place of the certificate', key, key, /--tls-certificate \/c\.pem has no line .*: it has a private key/u],
    ['a certificate in place of the key', own, own, /--tls-private-key \/k\.pem has no line .*: it has a certificate/u],
    ['an empty file', '', key, /--tls-certificate \/c\.pem has no line .*: it is empty/u],
    ['another format', new X509Certificate(own).raw, key, /--tls-certificate \/c\.pem .* it is not PEM/u],
    ['the key of another', own, another, /--tls-private-key \/k\.pem: the key does not belong to .* in \/c\.pem/u],
    ['a passphrase', own, withPassphrase, /--tls-private-key \/k\.pem: the key is encrypted/u],
    ['a damaged certificate', damaged(own), key, /--tls-certificate \/c\.pem: its first certificate is damaged/u],
    ['a damaged chain', own + damaged(own), key, /--tls-certificate \/c\.pem: its certificates cannot be used/u],
    ['a damaged key', own, damaged(key), /--tls-private-key \/k\.pem: the private key is damaged/u],
  ])('%s', (_, certificateText, keyText, message) => {
    expect(start(certificateText, keyText)).toEqual([expect.stringMatching(message)]);
  });

  it('and both in one file are taken', () => {
    expect(start(own + key, own + key)).toEqual([]);
  });

  it('and a file that is not there is named with its flag', () => {
    const args = ['--data', '/d', '--tls-certificate', CERTIFICATE_FILE, '--tls-private-key', '/no/k'];
    expect(() => readConfig(args, {})).toThrow(/--tls-private-key: cannot read \/no\/k/u);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { durationMs, flag, integer, list, oneOf, secret, text, url } from './keys.ts';
import { ConfigError, configTable, describeConfig, readConfig } from './read-config.ts';

const spec = {
  port: integer({ env: 'MOORING_HTTP_PORT', min: 1, max: 65_535, description: 'port' }),
  level: oneOf({ env: 'MOORING_LOG_LEVEL', values: ['info', 'debug'], default: 'info', description: 'level' }),
  waitMs: durationMs({ env: 'WIDGETS_WAIT', minMs: 1, maxMs: 60_000, default: 500, description: 'wait' }),
  database: url({ env: 'WIDGETS_DATABASE_URL', protocols: ['postgresql:'], credentials: true, description: 'rows' }),
  hosts: list({ env: 'WIDGETS_HOSTS', default: [], description: 'hosts' }),
  fast: flag({ env: 'WIDGETS_FAST', default: false, description: 'fast | slow' }),
  token: secret({ env: 'WIDGETS_TOKEN', ownerOnly: true, optional: true, description: 'token' }),
  key: secret({ env: 'WIDGETS_KEY', minBytes: 4, optional: true, description: 'key' }),
  note: text({ env: 'WIDGETS_NOTE', optional: true, description: 'note' }),
};
const valid = { MOORING_HTTP_PORT: '80', WIDGETS_DATABASE_URL: 'postgresql://me:hunter2@host/db' };
const PREFIXES = ['MOORING_', 'WIDGETS_'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (content: string): string => {
  const file = join(folder, `${content.length}`);
  writeFileSync(file, content);
  return file;
};

const findingsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(spec, env, PREFIXES);
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.findings;
    throw thrown;
  }
};

describe('readConfig', () => {
  it('parses every kind and fills defaults', () => {
    const read = readConfig(spec, {
      ...valid,
      WIDGETS_WAIT: '5s',
      WIDGETS_HOSTS: 'a, b,,c',
      WIDGETS_FAST: 'true',
      WIDGETS_KEY_FILE: fileWith('sesame\n'),
      WIDGETS_NOTE: '',
    });
    expect({ ...read, key: read.key?.reveal() }).toEqual({
      port: 80,
      level: 'info',
      waitMs: 5_000,
      database: valid.WIDGETS_DATABASE_URL,
      hosts: ['a', 'b', 'c'],
      fast: true,
      key: 'sesame',
      token: undefined,
      note: undefined,
    });
  });

  it('names all that is wrong at once, each with what is allowed', () => {
    const findings = findingsOf({
      MOORING_HTTP_PORT: '70000',
      MOORING_LOG_LEVEL: 'loud',
      WIDGETS_WAIT: '5 years',
      WIDGETS_FAST: 'yes',
      WIDGETS_KEY_FILE: '/does/not/exist',
    });
    expect(findings).toHaveLength(6);
    expect(findings[0]).toBe('MOORING_HTTP_PORT: "70000" is not an integer in 1..65535 (allowed: integer 1..65535)');
    expect(findings[1]).toContain('MOORING_LOG_LEVEL: "loud" is not one of info, debug');
    expect(findings.find((finding) => finding.startsWith('WIDGETS_DATABASE_URL'))).toContain('is not set');
    expect(findings.find((finding) => finding.startsWith('WIDGETS_KEY_FILE'))).toContain('/does/not/exist');
  });

  it('refuses a variable of ours that is no key, with the one that is meant', () => {
    expect(findingsOf({ ...valid, MOORING_HTP_PORT: '1', WIDGETS_COLOUR_SCHEME: 'x', OTHER_THING: 'fine' })).toEqual([
      'MOORING_HTP_PORT: no such key; did you mean MOORING_HTTP_PORT?',
      'WIDGETS_COLOUR_SCHEME: no such key',
    ]);
  });

  it('takes a URL with a password from a file, and never shows one', () => {
    const file = fileWith('postgresql://me:swordfish@host/db\n');
    const { MOORING_HTTP_PORT } = valid;
    expect(readConfig(spec, { MOORING_HTTP_PORT, WIDGETS_DATABASE_URL_FILE: file }).database).toContain('swordfish');
    expect(findingsOf({ ...valid, WIDGETS_DATABASE_URL_FILE: file }).join()).toContain('not both');
    expect(findingsOf({ MOORING_HTTP_PORT, WIDGETS_DATABASE_URL: 'mysql://me:swordfish@host' }).join()).not.toContain(
      'swordfish',
    );
  });

  it('keeps a secret from being printed, and tells one that is too short', () => {
    const { key } = readConfig(spec, { ...valid, WIDGETS_KEY_FILE: fileWith('sesame!\n') });
    expect(`${String(key)} ${JSON.stringify({ key })} ${inspect({ key })}`).not.toContain('sesame');
    expect(key?.equals('sesame!')).toBe(true);
    expect(key?.equals('sesame')).toBe(false);
    expect(findingsOf({ ...valid, WIDGETS_KEY_FILE: fileWith('abc') }).join()).toMatch(/fewer than 4 bytes/);
  });

  it('refuses a file that others may read where only the owner should', () => {
    const file = fileWith('open-sesame');
    chmodSync(file, 0o640);
    expect(findingsOf({ ...valid, WIDGETS_TOKEN_FILE: file }).join()).toContain(`chmod 600 "${file}"`);
    chmodSync(file, 0o600);
    expect(findingsOf({ ...valid, WIDGETS_TOKEN_FILE: file })).toEqual([]);
  });

  it('describes itself as data and as a table', () => {
    expect(
      describeConfig(spec)
        .map(({ variables }) => variables)
        .flat(),
    ).toContain('WIDGETS_DATABASE_URL_FILE');
    expect(configTable(spec)).toContain('| `MOORING_HTTP_PORT` | integer 1..65535 | required | port |');
    expect(configTable(spec)).toContain('fast \\| slow');
  });
});

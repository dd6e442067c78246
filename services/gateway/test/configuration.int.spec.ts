import { describe, expect, it } from '@jest/globals';
import { configOf, configTable } from '@mooring/service-host';
import { temporaryFolder } from '@mooring/testing';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gateway, gatewayConfig } from '../src/index.ts';

/** Formatting pads cells; what they say is the same. */
const squeeze = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');

describe('the configuration', () => {
  it('is the table in the README', async () => {
    const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(squeeze(readme)).toContain(squeeze(configTable(gatewayConfig)));
  });

  it('is refused when others may read the token, when it is short, or when a URL is missing', async () => {
    await using folder = await temporaryFolder();
    const [token, secret] = [join(folder.path, 'token'), join(folder.path, 'secret')];
    await writeFile(token, 'x'.repeat(64), { mode: 0o600 });
    await writeFile(secret, 'y'.repeat(64), { mode: 0o600 });
    const env = {
      MOORING_HTTP_PORT: '8080',
      MOORING_INTERNAL_SECRET_FILE: secret,
      GATEWAY_TOKEN_FILE: token,
      GATEWAY_CONNECTIONS_URL: 'http://127.0.0.1:1/',
      GATEWAY_DISCOVERY_URL: 'http://127.0.0.1:2',
      GATEWAY_NOTIFICATIONS_URL: 'http://127.0.0.1:3',
      GATEWAY_CONSOLE_URL: 'http://127.0.0.1:4',
    };
    expect(configOf(gateway, env)).toMatchObject({ connectionsUrl: 'http://127.0.0.1:1', upstreamTimeoutMs: 30_000 });
    await chmod(token, 0o644);
    expect(() => configOf(gateway, env)).toThrow(/GATEWAY_TOKEN_FILE: .*chmod 600/);
    await chmod(token, 0o600);
    await writeFile(token, 'short');
    expect(() => configOf(gateway, { ...env, GATEWAY_CONSOLE_URL: '' })).toThrow(
      /GATEWAY_TOKEN_FILE: .*32 bytes[\s\S]*GATEWAY_CONSOLE_URL: is not set/,
    );
    expect(() => configOf(gateway, { ...env, GATEWAY_CONSOL_URL: 'http://x' })).toThrow(
      'did you mean GATEWAY_CONSOLE_URL?',
    );
  });
});

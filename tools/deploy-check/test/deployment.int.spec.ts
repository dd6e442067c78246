import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkoutFolder } from '@mooring/engines';
import type { ConfigDescription } from '@mooring/service-host';
import { temporaryFolder } from '@mooring/testing';
import {
  handOut,
  openEventStoreSecrets,
  openSecrets,
  INVENTORY_VARIABLES,
  PROVISION_VARIABLES,
  type Files,
} from '@mooring/up';
import { checkCollectorConfig } from '../src/collector-config.ts';
import { parseCompose, type ComposeFile, type ComposeService } from '../src/compose-file.ts';
import { checkComposeRules } from '../src/compose-rules.ts';
import { checkComposeSchema } from '../src/compose-schema.ts';
import { checkDockerfile } from '../src/dockerfile.ts';
import { serviceKeys } from '../src/service-keys.ts';
import { checkServiceVariables } from '../src/service-variables.ts';

const read = (path: string): string => readFileSync(join(checkoutFolder(), path), 'utf8');
const text = read('docker-compose.yml');
const compose = parseCompose(text) as ComposeFile;

/** The file with one mistake made in it; fails where there is no such text to make it in. */
function mistaken(of: string, right: string, wrong: string): string {
  if (!of.includes(right)) throw new Error(`there is no "${right}" to make a mistake of`);
  return of.replace(right, wrong);
}

describe('the compose file', () => {
  it('is what the Compose Specification allows', () => {
    expect(checkComposeSchema(parseCompose(text))).toEqual([]);
  });

  it.each<[right: string, wrong: string, finding: RegExp]>([
    ['restart: unless-stopped', 'restarts: unless-stopped', /additional properties.*restarts/],
    ['stop_grace_period: 15s', 'stop_grace_period: [15]', /must be string/],
    ['tmpfs: [/tmp]', 'tmpfs: { path: /tmp }', /tmpfs/],
    ['condition: service_healthy', 'condition: healthy', /service_healthy/],
  ])('is refused by the schema with "%s" as "%s"', (right, wrong, finding) => {
    expect(checkComposeSchema(parseCompose(mistaken(text, right, wrong))).join('\n')).toMatch(finding);
  });

  it('keeps to this project’s rules', () => {
    expect(checkComposeRules(compose)).toEqual([]);
  });

  it.each<[right: string, wrong: string, finding: string]>([
    ["'127.0.0.1:${MOORING_PORT:-9081}:8080'", "'9081:8080'", 'gateway: the port 9081:8080 is not published on'],
    ["'127.0.0.1:${MOORING_NATS_PORT", "'0.0.0.0:${MOORING_NATS_PORT", 'nats: the port 0.0.0.0:9082:4222 is not'],
    ['nats:2.15.2-alpine', 'nats:latest', 'nats: the image "nats:latest" is not pinned'],
    ['postgres:18.4-bookworm', 'postgres', 'postgres: the image "postgres" is not pinned'],
    ["user: '10001:10001'", "user: '0:0'", 'otel-collector: the user "0:0" is not an id other than root'],
    ["user: '10001:10001'", 'user: root', 'otel-collector: the user "root" is not an id other than root'],
    ['read_only: true', 'read_only: false', 'gateway: its root file system can be written'],
    ['cap_drop: [ALL]', 'cap_drop: [CHOWN]', 'gateway: it keeps capabilities'],
    ["['no-new-privileges:true']", '[]', 'gateway: it can gain privileges'],
    ['test: [CMD, pg_isready', 'test: [NONE, pg_isready', 'postgres: it has no health check'],
    ['  healthcheck: &ready', '  x-healthcheck: &ready', 'gateway: it has no health check'],
    ['networks: [stores, services]', 'networks: [stores, service]', 'connections: no network is called service'],
    ['keys-gateway:/run', 'keys-gate:/run', 'gateway: no volume is called keys-gate'],
    ['POSTGRES_PASSWORD_FILE: /run', 'POSTGRES_PASSWORD: run', 'postgres: POSTGRES_PASSWORD is no path of a file'],
    ['NATS_URL: nats://nats', 'NATS_URL: nats://me:you@nats', 'connections: CONNECTIONS_NATS_URL holds a password'],
    ['provision: { condition: service_c', 'provisions: { condition: service_c', 'gateway: it waits for provisions'],
  ])('is refused by them with "%s" as "%s"', (right, wrong, finding) => {
    const findings = checkComposeRules(parseCompose(mistaken(text, right, wrong)) as ComposeFile);
    expect(findings).toContainEqual(expect.stringContaining(finding));
  });

  it('runs every service of npm start, and nothing of ours beside them but the provisioner', () => {
    const ours = Object.entries(compose.services).filter(([, { image }]) => image === 'mooring:0.1.0');
    const services = readdirSync(join(checkoutFolder(), 'services'));
    expect(ours.map(([name]) => name).sort()).toEqual(['keys', 'provision', ...services].sort());
    for (const name of services)
      expect(compose.services[name]?.command?.at(-1)).toBe(`services/${name}/dist/src/main.js`);
  });

  it('sets exactly what the provisioner asks for', () => {
    const namesOf = (service: string) => Object.keys(compose.services[service]?.environment ?? {}).sort();
    const needed = Object.values(PROVISION_VARIABLES);
    expect(namesOf('keys')).toEqual([...needed].sort());
    expect(namesOf('provision')).toEqual([...needed, ...Object.values(INVENTORY_VARIABLES)].sort());
  });
});

describe('the variables of the services', () => {
  const parts = new Map<string, Files>();
  const keys = new Map<string, readonly ConfigDescription[]>();
  const NAMES = ['connections', 'discovery', 'notifications', 'console', 'gateway'] as const;

  beforeAll(async () => {
    await using folder = await temporaryFolder();
    const places = { nats: 'nats:4222', postgres: 'postgres:5432', eventStore: 'event-store:2113' };
    const eventStore = await openEventStoreSecrets(folder.path, ['event-store']);
    const folders = { handOut: '/run/mooring', natsStore: '/nats' };
    const made = handOut(await openSecrets(folder.path), eventStore, { places, folders });
    for (const [name, files] of Object.entries(made)) parts.set(name, files);
    for (const name of NAMES) keys.set(name, await serviceKeys(name));
  });

  const check = (name: string, service: ComposeService): readonly string[] => {
    const files = parts.get(name) ?? {};
    const variables = (files['environment'] ?? '').split('\n').flatMap((line) => line.split('=', 1).filter(Boolean));
    return checkServiceVariables({
      service,
      keys: keys.get(name) ?? [],
      handedOut: { files: Object.keys(files), variables },
    });
  };

  it.each(NAMES)('of %s are all known to it, all it requires are set, and each file is handed out to it', (name) => {
    expect(keys.get(name)?.length).toBeGreaterThan(5);
    expect(check(name, compose.services[name]!)).toEqual([]);
  });

  it.each<[name: string, change: Record<string, string | undefined>, finding: string]>([
    ['gateway', { GATEWAY_TOKN_FILE: '/run/mooring/gateway.token' }, 'GATEWAY_TOKN_FILE: the service has no such key'],
    ['gateway', { GATEWAY_CONSOLE_URL: undefined }, 'GATEWAY_CONSOLE_URL: required and not set'],
    [
      'connections',
      { CONNECTIONS_DATABASE_URL_FILE: undefined },
      'CONNECTIONS_DATABASE_URL or CONNECTIONS_DATABASE_URL_FILE: required and not set',
    ],
    [
      'connections',
      { CONNECTIONS_DATABASE_URL: 'postgres://x' },
      'CONNECTIONS_DATABASE_URL and CONNECTIONS_DATABASE_URL_FILE: both are set',
    ],
    [
      'discovery',
      { DISCOVERY_CREDENTIAL_KEY_FILE: '/run/mooring/credential.key' },
      'DISCOVERY_CREDENTIAL_KEY_FILE: nobody hands out /run/mooring/credential.key',
    ],
  ])('of %s with %j are refused', (name, change, finding) => {
    const { environment = {}, ...rest } = compose.services[name]!;
    const changed = Object.entries({ ...environment, ...change }).filter(([, value]) => value !== undefined);
    expect(check(name, { ...rest, environment: Object.fromEntries(changed) as Record<string, string> })).toContain(
      finding,
    );
  });

  it('of an installation are missed when its file is not read', () => {
    const { command = [], ...rest } = compose.services['connections']!;
    const findings = check('connections', { ...rest, command: command.filter((word) => !word.startsWith('--env')) });
    expect(findings).toContain('MOORING_SYSTEM_ID: required and not set');
  });
});

describe('the Dockerfiles', () => {
  const dockerfile = read('infra/docker/Dockerfile');

  it.each(['infra/docker/Dockerfile', 'infra/otel/Dockerfile'])('%s has nothing to find fault with', (path) => {
    expect(checkDockerfile(read(path))).toEqual([]);
  });

  it('have a folder of the containers’ user for every volume that is first mounted by the provisioner', () => {
    const targets = (compose.services['keys']?.volumes ?? []).map((mount) => mount.split(':')[1] ?? '');
    expect(targets.length).toBeGreaterThan(10);
    const loop = /for volume in ([^;]+);/.exec(dockerfile)?.[1] ?? '';
    const made = loop.split(/[\s\\]+/).filter((name) => name !== '');
    expect(made.map((name) => `/volumes/${name}`).sort()).toEqual([...targets].sort());
  });

  it.each<[right: string, wrong: string, finding: RegExp]>([
    ['USER node', 'USERS node', /Unknown instruction/],
    ['USER node', '', /runs as root/],
    ['USER node', 'USER root', /runs as root/],
    ['WORKDIR /app', 'WORKDIR app', /WORKDIR.*absolute|absolute.*WORKDIR/i],
    ['AS runtime', 'AS build', /build/],
    ['FROM node:24.21.0-bookworm-slim AS runtime', 'FROM node AS runtime', /FROM node: not pinned/],
    ['FROM node:24.21.0-bookworm-slim AS runtime', 'FROM node:lts AS runtime', /not pinned/],
    ['COPY --from=build', 'COPY --from=builder', /there is no such stage/],
    ['COPY . .', 'ADD https://example.org/all.tar .', /ADD: use COPY/],
    ['COPY . .', 'COPY .', /COPY requires at least/i],
  ])('with "%s" as "%s" are refused', (right, wrong, finding) => {
    expect(checkDockerfile(mistaken(dockerfile, right, wrong)).join('\n')).toMatch(finding);
  });
});

describe('the configuration of the collector', () => {
  const config = read('infra/otel/collector.yaml');

  it('uses what it configures and configures what it uses', () => {
    expect(checkCollectorConfig(config)).toEqual([]);
  });

  it('listens where the services send, and sends where Jaeger is', () => {
    const { services } = compose;
    expect(services['gateway']?.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://otel-collector:4318');
    expect(config).toContain('endpoint: 0.0.0.0:4318');
    expect(config).toContain('endpoint: http://jaeger:4318');
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['otel-collector', 'jaeger']));
  });

  it.each<[right: string, wrong: string, finding: RegExp]>([
    [
      'exporters: [otlp_http]',
      'exporters: [otlp]',
      /otlp is used and not configured\n.*otlp_http is configured and not/,
    ],
    ['receivers: [otlp]', 'receivers: []', /has no receiver/],
    ['  traces:', '  trace:', /no such signal/],
    ['exporters:\n', 'exporter:\n', /exporter: no such section/],
    ['extensions: [health_check]', 'extensions: []', /health_check is configured and not used/],
  ])('is refused with "%s" as "%s"', (right, wrong, finding) => {
    expect(checkCollectorConfig(mistaken(config, right, wrong)).join('\n')).toMatch(finding);
  });
});

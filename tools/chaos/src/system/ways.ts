import { environmentOf } from '@mooring/engines';
import { ENGINES, SPINE_SERVICES, type Engine, type SpineService } from '../faults/fault.ts';
import type { Installation } from './installation.ts';
import { openProxy, type Proxy } from './proxies.ts';

/** What a service was told of an engine. */
const VARIABLE: Readonly<Record<Engine, string>> = {
  nats: 'NATS_URL',
  postgres: 'DATABASE_URL',
  'event-store': 'EVENTSTORE_URL',
};

/** How the services of an installation reach its engines: as they were told, by the environment of their processes. */
export type Addresses = Readonly<Record<SpineService, Readonly<Record<Engine, string>>>>;

export function readAddresses(installation: Installation): Addresses {
  const of = (service: SpineService): Readonly<Record<Engine, string>> => {
    const environment = environmentOf(installation.pidOf(service) ?? 0);
    const entries = ENGINES.map((engine) => {
      const name = `${service.toUpperCase()}_${VARIABLE[engine]}`;
      const value = environment[name];
      if (value === undefined) throw new Error(`the process of ${service} has no ${name}`);
      return [engine, value] as const;
    });
    return Object.fromEntries(entries) as Record<Engine, string>;
  };
  return Object.fromEntries(SPINE_SERVICES.map((service) => [service, of(service)])) as Addresses;
}

/** A proxy on every way from a service to an engine. */
export interface Ways extends AsyncDisposable {
  readonly of: (service: SpineService, engine: Engine) => Proxy;
  /** What makes the next start of the installation use them. */
  readonly settings: Readonly<Record<string, string>>;
}

const PORT = /(127\.0\.0\.1|localhost):(\d+)/;

export async function openWays(addresses: Addresses): Promise<Ways> {
  const proxies = new Map<string, Proxy>();
  const settings: Record<string, string> = {};
  for (const service of SPINE_SERVICES) {
    for (const engine of ENGINES) {
      const address = addresses[service][engine];
      const port = PORT.exec(address)?.[2];
      if (port === undefined) throw new Error(`${service} reaches ${engine} at no address of this machine`);
      const proxy = await openProxy(Number(port));
      proxies.set(`${service} ${engine}`, proxy);
      settings[`MOORING_UP_${service.toUpperCase()}_${VARIABLE[engine]}`] = address.replace(PORT, `$1:${proxy.port}`);
    }
  }
  return {
    settings,
    of(service, engine) {
      const proxy = proxies.get(`${service} ${engine}`);
      if (proxy === undefined) throw new Error(`there is no way from ${service} to ${engine}`);
      return proxy;
    },
    async [Symbol.asyncDispose]() {
      for (const proxy of proxies.values()) await proxy[Symbol.asyncDispose]();
    },
  };
}

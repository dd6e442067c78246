import { KUBECONFIG_BYTES_MAX } from '@mooring/contracts';
import type { GatewayConfig } from './config.ts';

/** A service behind the gateway. */
export interface Upstream {
  readonly name: string;
  /** Without a path. */
  readonly url: string;
}

export interface Route {
  readonly upstream: Upstream;
  readonly bodyBytesMax: number;
}

export interface Routes {
  /** The service that answers a path under `/api/`, by the segment after it; `undefined` when none does. */
  api(path: string): Route | undefined;
  readonly console: Route;
  /** Services that have a part of the API. */
  readonly services: readonly Upstream[];
}

const BODY_BYTES_MAX = 1024 * 1024;
/** Said here and not by the service: one that refuses a body closes the connection, which can overtake its answer. */
const IMPORT_BYTES_MAX = KUBECONFIG_BYTES_MAX;

const SERVED_BY: Readonly<Record<string, 'connections' | 'discovery' | 'notifications'>> = {
  imports: 'connections',
  connections: 'connections',
  clusters: 'discovery',
  resources: 'discovery',
  events: 'notifications',
  notifications: 'notifications',
};

/** Who answers what. */
export function createRoutes(config: GatewayConfig): Routes {
  const upstreams = {
    connections: { name: 'connections', url: config.connectionsUrl },
    discovery: { name: 'discovery', url: config.discoveryUrl },
    notifications: { name: 'notifications', url: config.notificationsUrl },
  };
  return {
    api(path) {
      const [, , collection = ''] = path.split('/');
      const service = Object.hasOwn(SERVED_BY, collection) ? SERVED_BY[collection] : undefined;
      if (service === undefined) return undefined;
      const bodyBytesMax = collection === 'imports' ? IMPORT_BYTES_MAX : BODY_BYTES_MAX;
      return { upstream: upstreams[service], bodyBytesMax };
    },
    console: { upstream: { name: 'console', url: config.consoleUrl }, bodyBytesMax: 0 },
    services: Object.values(upstreams),
  };
}

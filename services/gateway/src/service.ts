import { nameUuid } from '@mooring/kernel';
import { defineService } from '@mooring/service-host';
import { AppModule } from './app.module.ts';
import { gatewayConfig } from './config.ts';
import { createForwarder } from './http/forward.ts';
import { guard, serveUpstreams } from './http/gateway-http.ts';
import { serveDocuments } from './openapi/serve-documents.ts';
import { createRoutes } from './routes.ts';
import { upstreamReadiness } from './upstream-readiness.ts';

const VERSION = '0.1.0';

/** The one origin for people and tools. */
export const gateway = defineService({
  name: 'gateway',
  version: VERSION,
  config: gatewayConfig,
  wire({ config, stopping }) {
    const routes = createRoutes(config);
    const forwarder = createForwarder({ timeoutMs: config.upstreamTimeoutMs, stopping });
    const { token, internalSecret, allowedHosts } = config;
    const userId = config.userId ?? nameUuid('user', 'operator');
    const parts = { token, internalSecret, allowedHosts, userId, routes, forwarder };
    return {
      module: AppModule,
      openToAll: true,
      readiness: [...routes.services, routes.console.upstream].map(upstreamReadiness),
      resources: [forwarder],
      async configureHttp(http) {
        guard(http, parts);
        await serveDocuments(http, routes, internalSecret, VERSION);
        serveUpstreams(http, parts);
      },
    };
  },
});

import { FailureFilter } from '@mooring/messaging';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import type { ConfigOf, ConfigSpec } from './config/spec.ts';
import { createMetrics } from './health/metrics.ts';
import { serveProbes } from './health/probes.ts';
import type { HostConfig } from './host-config.ts';
import { createHttp } from './http/create-http.ts';
import { requireGateway } from './http/internal-auth.ts';
import { refuseUntilServing } from './http/until-serving.ts';
import { HostAdapter } from './http/nest-adapter.ts';
import { serveOpenApi } from './http/open-api.ts';
import { createLogger, type Logger } from './logs/logger.ts';
import { createNestLogger } from './logs/nest-logger.ts';
import { ProblemFilter } from './problems/problem.filter.ts';
import { disposeInReverse, stopInOrder } from './stop.ts';
import type { CreatedService, RunningService, ServiceDefinition, ServiceWiring } from './service.ts';
import { createTracing, type TracingOptions } from './tracing/tracing.ts';

export interface CreateOptions {
  /** Default: one that writes to standard output. */
  readonly log?: Logger;
  /** For tests, to look at finished spans. */
  readonly spanProcessors?: TracingOptions['processors'];
}

/** Types a definition by its own configuration; gives it back as it is. */
export const defineService = <Spec extends ConfigSpec>(definition: ServiceDefinition<Spec>): ServiceDefinition<Spec> =>
  definition;

/** What a service consists of while it lives. */
interface Parts {
  readonly http: FastifyInstance;
  readonly app: NestFastifyApplication;
  readonly config: HostConfig;
  readonly log: Logger;
  readonly stop: Lifetime;
  readonly wiring: ServiceWiring;
  readonly resources: readonly AsyncDisposable[];
}

interface Lifetime {
  readonly stopping: AbortController;
  readonly failed: Promise<unknown>;
  readonly fail: (reason: unknown) => void;
  started: boolean;
}

function createLifetime(): Lifetime {
  const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>();
  return { stopping: new AbortController(), failed, fail, started: false };
}

/**
 * Wires a service in this process; it neither listens nor handles messages before `start`. On a throw everything that was
 * opened is closed again.
 */
export async function create<Spec extends ConfigSpec>(
  definition: ServiceDefinition<Spec>,
  config: ConfigOf<Spec> & HostConfig,
  options: CreateOptions = {},
): Promise<CreatedService> {
  const { name, version } = definition;
  const log = options.log ?? createLogger({ service: name, level: config.logLevel });
  const metrics = createMetrics(name);
  const stop = createLifetime();
  const { otlpEndpoint } = config;
  const tracing = createTracing({ service: name, version, otlpEndpoint, processors: options.spanProcessors ?? [] });
  const opened: AsyncDisposable[] = [tracing];
  try {
    const http = createHttp({ log, metrics, tracer: tracing.provider.getTracer('http', version) });
    const wiring = await definition.wire({ config, log, metrics, stopping: stop.stopping.signal, fail: stop.fail });
    opened.push(...(wiring.resources ?? []));
    if (wiring.openToAll !== true) requireGateway(http, config.internalSecret);
    refuseUntilServing(http, () => (stop.started ? undefined : (wiring.serving?.missing() ?? 'it is about to start')));
    serveProbes(http, metrics, () => [lifetimeState(stop), ...(wiring.readiness ?? [])]);
    if (wiring.openToAll !== true) await serveOpenApi(http, name, version);
    await wiring.configureHttp?.(http);
    const app = await createApp(http, wiring, log);
    return { start: () => start({ http, app, config, log, stop, wiring, resources: opened }) };
  } catch (thrown) {
    stop.stopping.abort();
    await disposeInReverse(opened, log);
    throw thrown;
  }
}

const lifetimeState = ({ started, stopping }: Lifetime) => ({
  name: 'process',
  check: () => {
    if (stopping.signal.aborted) return { ready: false, message: 'stopping' };
    return started ? { ready: true } : { ready: false, message: 'starting' };
  },
});

async function createApp(http: FastifyInstance, wiring: ServiceWiring, log: Logger): Promise<NestFastifyApplication> {
  const adapter = new HostAdapter(http as never);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest types its options by a class of fields
  const app = await NestFactory.create<NestFastifyApplication>(wiring.module, adapter, {
    logger: createNestLogger(log),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(log));
  // Not inheriting: the filter above answers HTTP and knows nothing of messages.
  // Deferred, because Nest binds handlers to the filters there are when it initialises.
  for (const strategy of wiring.strategies ?? [])
    app
      .connectMicroservice({ strategy }, { inheritAppConfig: false, deferInitialization: true })
      .useGlobalFilters(new FailureFilter());
  await app.init();
  return app;
}

function urlOf(host: string, { http }: Parts): string {
  const { port } = http.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const IDLE_LOOK_MS = 50;

/**
 * Waits for what is in flight. A connection that was busy when the server closed would be kept alive after its answer, and
 * the server would wait for it: so idle ones are closed again and again.
 */
async function drain({ app, http }: Parts): Promise<void> {
  const closingIdle = setInterval(() => http.server.closeIdleConnections(), IDLE_LOOK_MS);
  try {
    await app.close();
  } finally {
    clearInterval(closingIdle);
  }
}

async function start(parts: Parts): Promise<RunningService> {
  const { app, config, log, stop, wiring, resources } = parts;
  let destroyed: Promise<{ drained: boolean }> | undefined;
  const destroy = (): Promise<{ drained: boolean }> =>
    (destroyed ??= stopInOrder({
      log,
      timeoutMs: config.stopTimeoutMs,
      announce: () => stop.stopping.abort(),
      drain: () => drain(parts),
      cutOff: () => parts.http.server.closeAllConnections(),
      resources,
    }));
  const serve = async (): Promise<void> => {
    await wiring.serving?.begin();
    if (stop.stopping.signal.aborted) return;
    await app.startAllMicroservices();
    await wiring.start?.();
    stop.started = true;
  };
  let serving: Promise<void>;
  try {
    await app.listen({ host: config.httpHost, port: config.httpPort });
    serving = serve();
    serving.catch(stop.fail);
    if (wiring.serving === undefined) await serving;
  } catch (thrown) {
    await destroy();
    throw thrown;
  }
  return {
    url: urlOf(config.httpHost, parts),
    serving,
    destroy,
    failed: stop.failed,
    [Symbol.asyncDispose]: () => destroy().then(() => undefined),
  };
}

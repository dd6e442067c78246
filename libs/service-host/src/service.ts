import type { DynamicModule, Type } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { ConfigOf, ConfigSpec } from './config/spec.ts';
import type { ReadinessContributor } from './health/readiness.ts';
import type { HostConfig } from './host-config.ts';
import type { Logger } from './logs/logger.ts';

/** What a service is, before it has a configuration. */
export interface ServiceDefinition<Spec extends ConfigSpec> {
  /** Lower case, as in DNS labels; names the service in logs, spans, metrics and `urn:meshery:service:<name>`. */
  readonly name: string;
  readonly version: string;
  /** The service's own keys; those of {@link HostConfig} are added by the host. */
  readonly config: Spec;
  /**
   * Connects what the service needs and wires it. Called once, before anything listens. A throw ends the start; what the
   * wiring had opened by then is the wiring's own to close.
   */
  wire(context: ServiceContext<ConfigOf<Spec>>): Promise<ServiceWiring> | ServiceWiring;
}

/** What the host gives to a service's wiring. */
export interface ServiceContext<Config> {
  readonly config: Config & HostConfig;
  readonly log: Logger;
  /** Metrics registered here are served at `/metrics`. */
  readonly metrics: Registry;
  /** Aborts when the stop begins: open streams (SSE, long polls) end, loops take no new work. */
  readonly stopping: AbortSignal;
  /** Ends the service in order with exit code 1, for a fault that only a restart can cure. Returns at once; later calls do nothing. */
  readonly fail: (reason: unknown) => void;
}

/** What must be there before a service can serve at all, and what is missing of it. */
export interface Serving {
  /** Called once when HTTP listens; resolves when requests and messages can be served, or the service stops. A throw ends the service. */
  begin(): Promise<void>;
  /** For a person, why it is not so yet; no hosts, no secrets. */
  missing(): string | undefined;
}

/** A service, wired. */
export interface ServiceWiring {
  readonly module: Type | DynamicModule;
  /** Strategies for Nest's `@EventPattern`; they start when the service can serve, before `start`. */
  readonly strategies?: readonly CustomTransportStrategy[];
  /** Every contributor must be ready for `/readyz` to answer 200. */
  readonly readiness?: readonly ReadinessContributor[];
  /** The gateway's own: it authenticates by itself and serves no document of its own routes. Default: only the gateway may ask. */
  readonly openToAll?: boolean;
  /** Raw Fastify plugins and routes, registered after the host's own hooks and before Nest's routes. */
  readonly configureHttp?: (http: FastifyInstance) => Promise<void> | void;
  /** Until it has begun, everything under `/api/` is answered 503 with Retry-After; strategies and `start` come after it. Default: at once. */
  readonly serving?: Serving;
  /** Called when the service serves: start reconcilers, watchers. */
  readonly start?: () => Promise<void> | void;
  /** Closed one by one in reverse order after HTTP and the strategies have drained, so list them in the order of opening. */
  readonly resources?: readonly AsyncDisposable[];
}

/** A running service. */
export interface RunningService extends AsyncDisposable {
  /** `http://host:port` with the port it really listens on. */
  readonly url: string;
  /** Resolves when the service serves (or stops before that); rejects with what keeps it from ever doing so. */
  readonly serving: Promise<void>;
  /**
   * Stops in order: not ready, `stopping`, HTTP stops accepting and drains, strategies close, `resources` in reverse, spans
   * flushed. Bounded by `MOORING_STOP_TIMEOUT`; resolves to `drained` false when the bound cut something off. Idempotent.
   */
  destroy(): Promise<{ readonly drained: boolean }>;
  /** Resolves when {@link ServiceContext.fail} was called or a strategy died, with the reason. */
  readonly failed: Promise<unknown>;
}

/** A service that was created and does not listen yet. */
export interface CreatedService {
  /** Listens, and resolves; where the wiring has no `serving`, when strategies and its `start` are done too. Throws when it cannot listen. */
  start(): Promise<RunningService>;
}

import { randomUuid } from '@mooring/kernel';
import { randomBytes } from 'node:crypto';
import { create, type CreateOptions } from './create.ts';
import { Secret } from './config/secret.ts';
import type { ConfigOf, ConfigSpec } from './config/spec.ts';
import type { HostConfig } from './host-config.ts';
import { expectDocumented } from './http/expect-documented.ts';
import { INTERNAL_HEADER, USER_HEADER } from './http/internal-auth.ts';
import type { OpenApiDocument } from './http/open-api.ts';
import { createLogger } from './logs/logger.ts';
import type { RunningService, ServiceDefinition } from './service.ts';

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when the answer is JSON, else its text. */
  readonly body: unknown;
}

/** A service that runs in this process on a free port of loopback, for tests of it. */
export interface InProcessService extends RunningService {
  readonly userId: string;
  readonly config: HostConfig;
  /** Headers as the gateway sends them. */
  readonly gatewayHeaders: Readonly<Record<string, string>>;
  /** Asks as the gateway does. Throws when an answer under `/api/` is not what `/openapi.json` says. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

const SECRET_BYTES = 32;

export const hostConfigForTest = (overrides: Partial<HostConfig> = {}): HostConfig => ({
  httpHost: '127.0.0.1',
  httpPort: 0,
  internalSecret: new Secret(randomBytes(SECRET_BYTES).toString('hex')),
  logLevel: 'warn',
  stopTimeoutMs: 5_000,
  otlpEndpoint: undefined,
  ...overrides,
});

/** Starts a service as `run` does, but in this process: no signals, no exit, quiet logs unless `options.log` is given. Resolves when it serves; with `untilServing` false, when it listens. */
export async function startInProcess<Spec extends ConfigSpec>(
  definition: ServiceDefinition<Spec>,
  config: ConfigOf<Spec> & Partial<HostConfig>,
  options: CreateOptions & { readonly untilServing?: boolean } = {},
): Promise<InProcessService> {
  const host = hostConfigForTest(config);
  const log = options.log ?? createLogger({ service: definition.name, level: 'error' });
  const service = await create(definition, { ...config, ...host }, { ...options, log });
  const running = await service.start();
  if (options.untilServing !== false) await untilServing(running);
  const userId = randomUuid();
  const gatewayHeaders = { [INTERNAL_HEADER]: host.internalSecret.reveal(), [USER_HEADER]: userId };
  const ask = createAsk(running.url, gatewayHeaders);
  let document: OpenApiDocument | undefined;
  return {
    ...running,
    userId,
    config: host,
    gatewayHeaders,
    async call(method, path, call = {}) {
      const answer = await ask(method, path, call);
      if (!path.startsWith('/api/')) return answer;
      document ??= (await ask('GET', '/openapi.json', {})).body as OpenApiDocument;
      if (isOurs(answer)) expectDocumented(document, method, path, answer.status, answer.body);
      return answer;
    },
  };
}

async function untilServing(running: RunningService): Promise<void> {
  try {
    await running.serving;
  } catch (thrown) {
    await running.destroy();
    throw thrown;
  }
}

/** Unknown paths and methods are nobody's operation, so no document has them. */
const isOurs = ({ status, body }: Answer): boolean => status !== 405 && !(status === 404 && isRouteProblem(body));

const isRouteProblem = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'code' in body && body.code === 'no-such-path';

function createAsk(url: string, gatewayHeaders: Readonly<Record<string, string>>) {
  return async (method: string, path: string, { body, headers }: CallOptions): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...gatewayHeaders,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: json ? (JSON.parse(text) as unknown) : text };
  };
}

import { messageOf } from '@mooring/kernel';
import { create } from './create.ts';
import { ConfigError, readConfig, type Environment } from './config/read-config.ts';
import type { ConfigOf, ConfigSpec } from './config/spec.ts';
import { hostConfigSpec, type HostConfig } from './host-config.ts';
import { createLogger, type Logger } from './logs/logger.ts';
import type { RunningService, ServiceDefinition } from './service.ts';

/** Exit code of a configuration that cannot be used (EX_CONFIG of sysexits.h): starting again cannot help. */
export const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;

/** Ends the process. Logs are written synchronously, so nothing is left behind. */
const exit = (code: number): never => process.exit(code);

type End = { readonly signal: NodeJS.Signals } | { readonly reason: unknown };

function nextEnd(): Promise<End> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve({ signal }));
    process.on('uncaughtException', (reason) => resolve({ reason }));
    process.on('unhandledRejection', (reason) => resolve({ reason }));
  });
}

async function stop(running: RunningService, end: End, log: Logger): Promise<never> {
  if ('signal' in end) log.info({ signal: end.signal }, 'stopping');
  else log.fatal({ err: end.reason }, `stopping after a failure: ${messageOf(end.reason)}`);
  const { drained } = await running.destroy();
  log.info({ drained }, 'stopped');
  return exit('signal' in end && drained ? 0 : EXIT_FAILED);
}

/**
 * The whole life of a service's process: reads its configuration, starts it, logs one line `listening` when its probes are answered
 * and one line `ready` when it serves (engines that are away are waited for), and stops it in order at SIGTERM, SIGINT or a fault. Exit codes: 0 after a complete stop, 78 for a configuration that cannot be used, else 1.
 */
export async function run<Spec extends ConfigSpec>(
  definition: ServiceDefinition<Spec>,
  env: Environment = process.env,
): Promise<never> {
  const startedAt = performance.now();
  const { name, version } = definition;
  let log = createLogger({ service: name, level: 'info' });
  const ended = nextEnd();
  try {
    const config = configOf(definition, env);
    log = createLogger({ service: name, level: config.logLevel });
    const service = await create(definition, config, { log });
    const running = await service.start();
    const { url, serving, failed } = running;
    log.info({ url, version, pid: process.pid }, 'listening');
    serving.then(
      () => log.info({ url, version, pid: process.pid, readyInMs: Math.round(performance.now() - startedAt) }, 'ready'),
      () => undefined,
    );
    const end = await Promise.race([ended, failed.then((reason): End => ({ reason }))]);
    return await stop(running, end, log);
  } catch (thrown) {
    const code = thrown instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED;
    log.fatal({ err: thrown, exitCode: code }, `cannot start: ${messageOf(thrown)}`);
    return exit(code);
  }
}

/** The service's keys and the host's, read together, so that all findings come at once. */
export function configOf<Spec extends ConfigSpec>(
  definition: ServiceDefinition<Spec>,
  env: Environment,
): ConfigOf<Spec> & HostConfig {
  const prefixes = ['MOORING_', `${definition.name.toUpperCase().replaceAll('-', '_')}_`];
  // The compiler cannot see that reading a union of keys gives the union of their values while `Spec` is open.
  return readConfig<ConfigSpec>(fullSpec(definition), env, prefixes) as unknown as ConfigOf<Spec> & HostConfig;
}

/** Every key that the service's process understands: the host's and its own. */
export const fullSpec = <Spec extends ConfigSpec>(
  definition: ServiceDefinition<Spec>,
): typeof hostConfigSpec & Spec => ({
  ...hostConfigSpec,
  ...definition.config,
});

export type { CreatedService, RunningService, ServiceContext, ServiceDefinition, ServiceWiring } from './service.ts';
export { hostConfigSpec, type HostConfig } from './host-config.ts';
export { durationMs, flag, integer, list, oneOf, path, secret, text, url } from './config/keys.ts';
export { defineKey, type ConfigKey, type ConfigOf, type ConfigSpec } from './config/spec.ts';
export {
  ConfigError,
  configTable,
  describeConfig,
  readConfig,
  type ConfigDescription,
  type Environment,
} from './config/read-config.ts';
export { Secret } from './config/secret.ts';
export type { ReadinessContributor, ReadinessState } from './health/readiness.ts';
export type { Logger } from './logs/logger.ts';
export { Problem, type ProblemOptions, type RequestError } from './problems/problem.ts';
export type { RequestContext } from './http/request-context.ts';
export { Operation, operationSchema, type OperationOptions } from './http/operation.ts';

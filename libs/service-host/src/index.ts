export { create, defineService, type CreateOptions } from './create.ts';
export { EXIT_CONFIG, configOf, fullSpec, run } from './run.ts';
export type { CreatedService, RunningService, ServiceContext, ServiceDefinition, ServiceWiring } from './service.ts';
export { hostConfigSpec, type HostConfig } from './host-config.ts';
export {
  hostConfigForTest,
  startInProcess,
  type Answer,
  type CallOptions,
  type InProcessService,
} from './in-process.ts';

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

export type { ReadinessContributor, ReadinessReport, ReadinessState } from './health/readiness.ts';
export { createLogger, type Logger, type LogLevel } from './logs/logger.ts';
export { redact, redactText } from './logs/redact.ts';
export { traceOf } from './tracing/http-tracing.ts';
export { activeTrace } from './tracing/active-trace.ts';

export { Problem, type ProblemOptions, type RequestError } from './problems/problem.ts';
export { PROBLEM_MEDIA_TYPE, ProblemBody, problemBody } from './problems/problem-body.ts';
export { toProblem } from './problems/to-problem.ts';

export { isProbe } from './http/probe.ts';
export { Operation, hiddenSchema, operationSchema, type OperationOptions } from './http/operation.ts';
export { Caller, CommandHeaders, callerSignal, requestContext, type RequestContext } from './http/request-context.ts';
export { INTERNAL_HEADER, USER_HEADER } from './http/internal-auth.ts';
export { documentRoutes, type OpenApiDocument } from './http/open-api.ts';
export { expectDocumented } from './http/expect-documented.ts';

export { spineConfigSpec } from './spine/spine-config.ts';
export { openSpine, type Spine, type SpineConfig, type SpineOptions } from './spine/spine.ts';

export { buildOnce, type BuildOnce } from './build-once.ts';
export { ENGINES, type Engine, type EngineName, type EngineSpec } from './engine-table.ts';
export { ensureEngine, findEngine, type EnsureOptions } from './ensure-engine.ts';
export { cacheFolder, checkoutFolder, findGo, findOnPath } from './paths.ts';
export { runCommand, type Command } from './run-command.ts';
export { startProcess, type EngineExit, type EngineProcess, type StartProcess } from './engine-process.ts';
export { freePort, isPortTaken, portInUse } from './free-port.ts';
export { startNatsServer, type NatsServer, type NatsServerOptions } from './nats-server.ts';
export { startPostgres, type Postgres, type PostgresOptions } from './postgres.ts';

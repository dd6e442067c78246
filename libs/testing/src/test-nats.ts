import { freePort, startNatsServer } from '@mooring/engines';
import { createRestartable, type Restartable } from './restartable.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestNatsOptions {
  /** nats-server configuration text (users, limits). Default: none, everybody may do everything. */
  readonly config?: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** Serve HTTP monitoring. Default false. */
  readonly monitor?: boolean;
  readonly log?: (line: string) => void;
}

export interface TestNats extends Restartable {
  /** `nats://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** `http://127.0.0.1:PORT` when `monitor` was asked for. */
  readonly monitorUrl: string | undefined;
  /** Holds the JetStream store; deleted on dispose. */
  readonly dataFolder: string;
}

/** A real nats-server with JetStream, of its own, ready. */
export async function startTestNats({ monitor = false, ...options }: TestNatsOptions = {}): Promise<TestNats> {
  const folder = await temporaryFolder();
  const port = options.port ?? (await freePort());
  const monitorPort = monitor ? await freePort() : undefined;
  const restartable = await createRestartable(
    () =>
      startNatsServer({
        dataFolder: folder.path,
        ...options,
        port,
        ...(monitorPort === undefined ? {} : { monitorPort }),
      }),
    () => folder[Symbol.asyncDispose](),
  );
  const { url, monitorUrl } = restartable.current();
  return Object.assign(restartable, { url, port, monitorUrl, dataFolder: folder.path });
}

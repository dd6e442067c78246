import type { EngineProcess } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import { untilRoom, type RoomOptions } from './room.ts';

/**
 * What nats-server 2.15 says when it takes nothing more into a stream, or into any: it remembers a write error until it is
 * started again, whatever becomes of the disk (its `server/filestore.go`, `setWriteErr`, and `server/jetstream.go`).
 */
const TAKES_NOTHING = /critical write error|will be DISABLED|disabling JetStream/i;

/** Fewer deaths within a minute than those that end everything. */
const LIFE_MIN_MS = 20_000;

/** Watches what nats-server says, and stops it when only a new start helps and its disk has room again; who keeps it running starts it. */
export function createWriteErrorWatch(options: RoomOptions): {
  readonly onLine: (line: string) => void;
  readonly watch: (server: EngineProcess) => void;
} {
  const { name, say, signal } = options;
  const failed = Promise.withResolvers<undefined>();
  const startedAt = performance.now();

  const stopWhenItHelps = async (server: EngineProcess): Promise<void> => {
    await failed.promise;
    const ended = new AbortController();
    void server.exited.then(() => ended.abort());
    const over = AbortSignal.any([signal, ended.signal]);
    say(`${name} could not write to its disk, and takes nothing until it is started again`);
    await delay(Math.max(0, startedAt + LIFE_MIN_MS - performance.now()), over);
    await untilRoom({ ...options, signal: over });
    await server.stop();
  };
  return {
    onLine: (line) => {
      if (TAKES_NOTHING.test(line)) failed.resolve(undefined);
    },
    watch: (server) => void stopWhenItHelps(server).catch(() => undefined),
  };
}

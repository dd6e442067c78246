import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

const FILE_BYTES_MAX = 20 * 1024 * 1024;

/** What the processes write, a file each; the file before is kept when one has grown large by the time of a start. */
export interface Logs extends AsyncDisposable {
  readonly folder: string;
  /** Gives the function that takes a process's lines. */
  of(name: string): (line: string) => void;
}

export function openLogs(dataFolder: string): Logs {
  const folder = join(dataFolder, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const streams = new Map<string, WriteStream>();
  return {
    folder,
    of(name) {
      let stream = streams.get(name);
      if (stream === undefined) {
        const file = join(folder, `${name}.log`);
        if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > FILE_BYTES_MAX) renameSync(file, `${file}.1`);
        stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
        streams.set(name, stream);
      }
      const out = stream;
      return (line) => void out.write(`${line}\n`);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...streams.values()].map((stream) => new Promise<void>((resolve) => stream.end(resolve))));
    },
  };
}

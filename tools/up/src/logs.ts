import { createWriteStream, mkdirSync, openSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { lastWordsOf } from './last-words.ts';

const FILE_BYTES_MAX = 20 * 1024 * 1024;
const LINES_REMEMBERED = 40;

/** What the processes write, a file each; at 20 MiB a file is put aside as `.1` and a new one begun. */
export interface Logs extends AsyncDisposable {
  readonly folder: string;
  /** Gives the function that takes the lines of one life of a process: what is remembered of an earlier one is forgotten. */
  of(name: string): (line: string) => void;
  /** Why a process ended, as far as the last lines of its life say; empty where they do not. */
  lastWords(name: string): string;
}

export interface LogsOptions {
  /** Told once of each file that cannot be written; its lines are then lost, and nothing else. */
  readonly onError?: (message: string) => void;
  readonly fileBytesMax?: number;
}

export function openLogs(dataFolder: string, options: LogsOptions = {}): Logs {
  const folder = join(dataFolder, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new Map<string, LogFile>();
  const remembered = new Map<string, string[]>();
  const fileOf = (name: string): LogFile => {
    const file = files.get(name) ?? openLogFile(join(folder, `${name}.log`), options);
    files.set(name, file);
    return file;
  };
  return {
    folder,
    of(name) {
      const file = fileOf(name);
      const lines: string[] = [];
      remembered.set(name, lines);
      return (line) => {
        file.write(line);
        lines.push(line);
        if (lines.length > LINES_REMEMBERED) lines.shift();
      };
    },
    lastWords: (name) => lastWordsOf(remembered.get(name) ?? []),
    async [Symbol.asyncDispose]() {
      await Promise.all([...files.values()].map((file) => file.close()));
    },
  };
}

interface LogFile {
  write(line: string): void;
  close(): Promise<void>;
}

function openLogFile(path: string, { onError, fileBytesMax = FILE_BYTES_MAX }: LogsOptions): LogFile {
  let failed = false;
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const open = (): WriteStream =>
    createWriteStream(path, { fd: openSync(path, 'a', 0o600) }).on('error', ({ message }) => {
      if (!failed) onError?.(`${path} cannot be written: ${message}`);
      failed = true;
    });
  let stream = open();
  return {
    write(line) {
      if (failed) return;
      if (bytes > fileBytesMax) {
        stream.end();
        renameSync(path, `${path}.1`);
        stream = open();
        bytes = 0;
      }
      bytes += Buffer.byteLength(line) + 1;
      stream.write(`${line}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        if (failed) resolve();
        else stream.end(() => resolve());
      }),
  };
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listener {
  readonly pid: number;
  readonly address: string;
  readonly port: number;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended.
    return '';
  }
};

/** Where processes listen for TCP. */
export function listenersOf(pids: readonly number[]): readonly Listener[] {
  const owners = new Map(pids.flatMap((pid) => socketsOf(pid).map((inode) => [inode, pid] as const)));
  return ['tcp', 'tcp6'].flatMap((table) =>
    read(`/proc/${pids[0]}/net/${table}`)
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        const pid = owners.get(inode);
        if (state !== LISTEN || pid === undefined) return [];
        const [host = '', port = ''] = local.split(':');
        return [{ pid, address: host === LOOPBACK ? '127.0.0.1' : host, port: Number.parseInt(port, 16) }];
      }),
  );
}

const LISTEN = '0A';
/** 127.0.0.1 as the kernel prints it on a little-endian machine; any other address stays as it is. */
const LOOPBACK = '0100007F';

function socketsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

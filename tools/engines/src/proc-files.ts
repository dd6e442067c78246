/** What a process tells of itself in `/proc/PID/status`. */
export interface ProcessStatus {
  readonly parentPid: number;
  /** It does nothing any more, although its parent may not have noticed (a zombie). */
  readonly hasEnded: boolean;
  readonly residentBytes: number;
  /** The most that was resident at once. */
  readonly peakBytes: number;
}

/** Reads `/proc/PID/status`; `undefined` for an empty text, which stands for no process. The kernel's own threads and zombies have 0 bytes. */
export function parseStatus(text: string): ProcessStatus | undefined {
  const parent = /^PPid:\s+(\d+)$/m.exec(text)?.[1];
  return parent === undefined
    ? undefined
    : {
        parentPid: Number(parent),
        hasEnded: !/^State:\s+[^ZX]/m.test(text),
        residentBytes: bytesIn(text, 'VmRSS'),
        peakBytes: bytesIn(text, 'VmHWM'),
      };
}

/** A field such as `Pss:  123 kB`, in bytes; 0 where there is none. */
export const bytesIn = (text: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1_024;

/** Reads `/proc/PID/environ`; what has no name is left out. */
export const parseEnvironment = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\0').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const];
    }),
  );

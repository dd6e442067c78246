import { open, type FileHandle } from 'node:fs/promises';

/** One request of a user, as the API server's audit log has it. */
export interface Audited {
  /** The API server's, but `watchlist` for a watch that begins with the whole state (`sendInitialEvents`). */
  readonly verb: string;
  /** `pods`, `deployments.apps`; undefined for what is no resource. */
  readonly resource: string | undefined;
}

interface Line {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly apiGroup?: string };
}

/** Follows an audit log: what one user asked for. */
export interface Audit {
  /** What was asked since the last call, each request once. */
  more(): Promise<readonly Audited[]>;
}

/** Whether it had a whole collection read, by pages or as a stream. */
export const readsCollection = ({ verb }: Audited): boolean => verb === 'list' || verb === 'watchlist';

/** Which collections the user had read since the last look: as lists, or as streams that begin with the whole state. */
export const collectionsRead = async (audit: Audit): Promise<readonly string[]> =>
  (await audit.more()).filter(readsCollection).map(({ resource = 'something' }) => resource);

const CHUNK_BYTES = 1024 * 1024;

/** `path` is one JSON line per stage of a request; it may not be there yet. */
export function followAudit(path: string, user: string): Audit {
  const seen = new Set<string>();
  let at = 0;
  let rest = '';
  const readTo = async (file: FileHandle): Promise<string> => {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    const parts: Buffer[] = [];
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, at);
      if (bytesRead === 0) return Buffer.concat(parts).toString();
      at += bytesRead;
      parts.push(Buffer.from(buffer.subarray(0, bytesRead)));
    }
  };
  return {
    async more() {
      const file = await open(path).catch(() => undefined);
      if (file === undefined) return [];
      try {
        // The API server begins a new file when one is full.
        if ((await file.stat()).size < at) at = 0;
        const lines = (rest + (await readTo(file))).split('\n');
        rest = lines.pop() ?? '';
        return lines.flatMap((text) => {
          const { auditID, verb, requestURI, user: who, objectRef } = JSON.parse(text) as Line;
          if (who.username !== user || seen.has(auditID)) return [];
          seen.add(auditID);
          return [{ verb: isStreamedList(verb, requestURI) ? 'watchlist' : verb, resource: nameOf(objectRef) }];
        });
      } finally {
        await file.close();
      }
    },
  };
}

const isStreamedList = (verb: string, requestURI: string): boolean =>
  verb === 'watch' &&
  new URLSearchParams(requestURI.slice(requestURI.indexOf('?') + 1)).get('sendInitialEvents') === 'true';

function nameOf(reference: Line['objectRef']): string | undefined {
  const { resource, apiGroup = '' } = reference ?? {};
  return resource === undefined || apiGroup === '' ? resource : `${resource}.${apiGroup}`;
}

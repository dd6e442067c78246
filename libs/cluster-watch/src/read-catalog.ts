import { catalogOfAggregated, catalogOfPlain, groupVersionsOf, type Catalog, type GroupVersion } from './catalog.ts';
import type { Link } from './link.ts';

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
const CORE: GroupVersion = { group: '', version: 'v1', path: '/api/v1' };
/** Some hundred custom types are a megabyte. */
const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;

interface Document {
  readonly text: string;
  readonly etag: string | undefined;
}

/** Why it cannot be said now what the cluster serves: the server asked us to wait so long, at most five minutes; 0 where it did not. */
export interface NotRead {
  readonly retryAfterMs: number;
}

const NOT_READ: NotRead = { retryAfterMs: 0 };
const isNotRead = (document: NotRead | string): document is NotRead => typeof document !== 'string';

/** Asks what the cluster serves; documents that have not changed are not sent again. */
export interface CatalogReader {
  read(): Promise<Catalog | NotRead>;
}

export function createCatalogReader({ pool, pace, run, signal }: Link): CatalogReader {
  const before = new Map<string, Document>();

  const document = async (path: string): Promise<string | NotRead> => {
    const known = before.get(path);
    await pace.take(1, signal);
    const answer = await pool.get(path, {
      ...{ timeoutMs: run.timing.progressTimeoutMs, signal, accept: AGGREGATED, gzip: true },
      bytesMax: DOCUMENT_BYTES_MAX,
      ...(known?.etag === undefined ? {} : { etag: known.etag }),
    });
    if (!answer.ok) return NOT_READ;
    const { status, text, etag, retryAfterMs = 0 } = answer.value;
    if (status === 304 && known !== undefined) return known.text;
    if (status !== 200) return { retryAfterMs };
    if (etag !== undefined) before.set(path, { text, etag });
    return text;
  };

  return {
    async read() {
      const core = await document('/api');
      if (isNotRead(core)) return core;
      const groups = await document('/apis');
      if (isNotRead(groups)) return groups;
      const aggregated = catalogOfAggregated([core, groups]);
      if (aggregated !== undefined) return aggregated;
      const versions = groupVersionsOf(groups);
      if (versions === undefined) return NOT_READ;
      const documents: { from: GroupVersion; text: string | undefined }[] = [];
      for (const from of [CORE, ...versions]) {
        const found = await document(from.path);
        // Without the core group nothing was found out.
        if (from === CORE && isNotRead(found)) return found;
        documents.push({ from, text: isNotRead(found) ? undefined : found });
      }
      return catalogOfPlain(documents);
    },
  };
}

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

/** Asks what the cluster serves; documents that have not changed are not sent again. */
export interface CatalogReader {
  /** `undefined` when it cannot be said now. */
  read(): Promise<Catalog | undefined>;
}

export function createCatalogReader({ pool, pace, run, signal }: Link): CatalogReader {
  const before = new Map<string, Document>();

  const document = async (path: string): Promise<string | undefined> => {
    const known = before.get(path);
    await pace.take(1, signal);
    const answer = await pool.get(path, {
      ...{ timeoutMs: run.timing.progressTimeoutMs, signal, accept: AGGREGATED, gzip: true },
      bytesMax: DOCUMENT_BYTES_MAX,
      ...(known?.etag === undefined ? {} : { etag: known.etag }),
    });
    if (!answer.ok) return undefined;
    const { status, text, etag } = answer.value;
    if (status === 304) return known?.text;
    if (status !== 200) return undefined;
    if (etag !== undefined) before.set(path, { text, etag });
    return text;
  };

  return {
    async read() {
      const core = await document('/api');
      const groups = await document('/apis');
      if (core === undefined || groups === undefined) return undefined;
      const aggregated = catalogOfAggregated([core, groups]);
      if (aggregated !== undefined) return aggregated;
      const versions = groupVersionsOf(groups);
      if (versions === undefined) return undefined;
      const documents: { from: GroupVersion; text: string | undefined }[] = [];
      for (const from of [CORE, ...versions]) documents.push({ from, text: await document(from.path) });
      // Without the core group nothing was found out.
      return documents[0]?.text === undefined ? undefined : catalogOfPlain(documents);
    },
  };
}

import { connect, type ClientHttp2Session } from 'node:http2';
import { serve, type Collection } from './contestant.ts';

/** The least there is to do: the same collections, read as watches from the start over one connection, and only looked at for their end. */

const END_OF_FIRST_STATE = Buffer.from('"k8s.io/initial-events-end"');
const STREAM_WINDOW_BYTES = 1024 * 1024;
const QUERY = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

const readToEnd = (session: ClientHttp2Session, token: string, { path, metadataOnly }: Collection): Promise<void> =>
  new Promise((resolve, reject) => {
    const stream = session.request({
      ':path': `${path}?${QUERY}`,
      accept: metadataOnly ? METADATA : 'application/json',
      authorization: `Bearer ${token}`,
      'user-agent': 'mooring-bench',
    });
    let tail: Buffer = Buffer.alloc(0);
    stream.on('response', ({ ':status': status }) => {
      if (status !== 200) reject(new Error(`${path} was answered ${String(status)}`));
    });
    stream.on('data', (chunk: Buffer) => {
      const seam = Buffer.concat([tail, chunk.subarray(0, END_OF_FIRST_STATE.length)]);
      tail = chunk.subarray(-END_OF_FIRST_STATE.length);
      if (!chunk.includes(END_OF_FIRST_STATE) && !seam.includes(END_OF_FIRST_STATE)) return;
      stream.close();
      resolve();
    });
    stream.on('error', reject);
    stream.on('close', () => reject(new Error(`${path} ended before its end`)));
  });

serve(async ({ way, collections }) => {
  const startedAt = performance.now();
  const session = connect(way.server, { ca: way.caPem, settings: { initialWindowSize: STREAM_WINDOW_BYTES } });
  session.once('connect', () => session.setLocalWindowSize(4 * STREAM_WINDOW_BYTES));
  try {
    await Promise.all(collections.map((collection) => readToEnd(session, way.token, collection)));
  } finally {
    session.destroy();
  }
  return { ms: performance.now() - startedAt, objects: 0 };
});

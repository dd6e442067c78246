import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { gunzipSync } from 'node:zlib';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Uncompressed. */
  readonly text: string;
  /** `undefined` where the text is no JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export interface RawEvent {
  readonly type: string;
  readonly object: {
    readonly kind: string;
    readonly apiVersion: string;
    readonly metadata?: RawMeta;
    readonly code?: number;
  };
}

export interface RawMeta {
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A watch as it comes, a line at a time. */
export interface RawWatch extends Disposable {
  readonly events: readonly RawEvent[];
  /** Words like `ADDED web`, bookmarks left out, in order. */
  readonly words: readonly string[];
  readonly status: Promise<number>;
  /** True after an orderly end, false after a broken one, `undefined` while it is open. */
  readonly endedInOrder: boolean | undefined;
  until(what: string, condition: () => boolean, timeoutMs?: number): Promise<void>;
}

/** Asks an API server without any library in between. */
export interface RawClient extends Disposable {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  watch(path: string, headers?: Readonly<Record<string, string>>): RawWatch;
}

const parse = (text: string): RawAnswer['json'] => {
  try {
    return JSON.parse(text) as RawAnswer['json'];
  } catch {
    return undefined;
  }
};

function createRawWatch(session: ClientHttp2Session, headers: Record<string, string>): RawWatch {
  const events: RawEvent[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let endedInOrder: boolean | undefined;
  const look = (): void => [...waiting].forEach((each) => each());
  const stream = session.request(headers);
  const status = new Promise<number>((resolve) => {
    stream.once('response', (answer) => resolve(answer[':status'] ?? 0));
    stream.once('close', () => resolve(0));
  });
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.push(JSON.parse(line) as RawEvent);
    look();
  });
  stream.once('end', () => {
    endedInOrder ??= true;
    look();
  });
  stream.once('close', () => {
    endedInOrder ??= false;
    look();
  });
  return {
    events,
    get words() {
      return events
        .filter(({ type }) => type !== 'BOOKMARK')
        .map(({ type, object }) => `${type} ${object.metadata?.name ?? object.code ?? ''}`);
    },
    status,
    get endedInOrder() {
      return endedInOrder;
    },
    until: (what, condition, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(check);
        };
        const check = (): void => {
          if (!condition()) return;
          finish();
          resolve();
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`not within ${timeoutMs} ms: ${what}; seen: ${JSON.stringify(events).slice(0, 2000)}`));
        }, timeoutMs);
        waiting.add(check);
        check();
      }),
    [Symbol.dispose]: () => stream.close(),
  };
}

export function createRawClient(server: string, ca: string, token: string): RawClient {
  const session = connect(server, { ca });
  session.on('error', () => undefined);
  const headersOf = (path: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    ':path': path,
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    ...more,
  });
  return {
    get: (path, more) =>
      new Promise((resolve, reject) => {
        const stream = session.request(headersOf(path, more));
        const chunks: Buffer[] = [];
        let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
        stream.once('response', (answer) => (headers = answer));
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.once('error', reject);
        stream.once('end', () => {
          const body = Buffer.concat(chunks);
          const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
          resolve({ status: headers[':status'] ?? 0, headers, text, json: parse(text) });
        });
      }),
    watch: (path, more) => createRawWatch(session, headersOf(path, more)),
    [Symbol.dispose]: () => session.destroy(),
  };
}

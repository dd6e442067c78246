import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Origin extends AsyncDisposable {
  readonly url: string;
}

export interface OriginDeps {
  readonly api: RequestListener;
  /** Where everything outside of `/api` is served, and the headers by which the gateway proves itself there. */
  readonly consoleUrl: string;
  readonly gatewayHeaders: Readonly<Record<string, string>>;
}

/** One origin, as the gateway makes it: `/api` to the API, the rest to the console. */
export async function startOrigin({ api, consoleUrl, gatewayHeaders }: OriginDeps): Promise<Origin> {
  const server = createServer((incoming, outgoing) => {
    if (incoming.url?.startsWith('/api/') === true) {
      api(incoming, outgoing);
      return;
    }
    const onward = httpRequest(
      `${consoleUrl}${incoming.url ?? '/'}`,
      { method: incoming.method, headers: { ...incoming.headers, ...gatewayHeaders } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

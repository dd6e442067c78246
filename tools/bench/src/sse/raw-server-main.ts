import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The least a process can do: what its parent sends is written to every response. */
const responses = new Set<ServerResponse>();
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  responses.add(response);
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 1_024 }, () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('message', (frame: string) => {
  const bytes = Buffer.from(frame);
  for (const response of responses) response.write(bytes);
});
process.on('disconnect', () => process.exit(0));

import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, freePortRow, isPortTaken } from '../src/index.ts';

/** Where Linux begins with the ports that it gives to whoever asks for any. */
const EPHEMERAL_FROM = 32_768;

it('a free port is another one each time, and none that a connection may be given', async () => {
  const ports = [];
  for (let count = 0; count < 50; count += 1) ports.push(await freePort());
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(EPHEMERAL_FROM);
});

it('a port that is taken is passed over', async () => {
  const next = (await freePort()) + 1;
  const server = createServer().listen(next, '127.0.0.1');
  await Promise.race([once(server, 'listening'), once(server, 'error')]);
  expect(await isPortTaken(next)).toBe(true);
  expect(await freePort()).not.toBe(next);
  server.close();
});

it('rows lie elsewhere than single ports', async () => {
  const [single, row] = [await freePort(), await freePortRow(30)];
  expect(row + 30).toBeLessThanOrEqual(29_200);
  expect(single).toBeGreaterThanOrEqual(29_200);
});

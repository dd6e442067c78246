import { withOwnSocket } from './own-socket.ts';

describe('a connection string', () => {
  it.each([
    'esdb://127.0.0.1:2113?tls=false',
    'esdb://user:p%40ss@localhost:2113',
    'esdb://127.0.0.1:2113?tls=false&keepAliveInterval=20000&keepAliveTimeout=9000',
  ])('differs from that of the connection before, so that gRPC dials anew: %s', (given) => {
    const [first, second] = [withOwnSocket(given), withOwnSocket(given)];
    expect(first).not.toBe(second);
    for (const made of [first, second]) expect(made.match(/keepAliveInterval=/g)).toHaveLength(1);
    expect(first.startsWith(given.split('keepAliveInterval', 1)[0] ?? '')).toBe(true);
  });

  it('that wants no keepalive has none', () => {
    const given = 'esdb://127.0.0.1:2113?keepAliveInterval=-1';
    expect(withOwnSocket(given)).toBe(given);
  });
});

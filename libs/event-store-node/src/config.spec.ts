import { readConfig } from './config.ts';

const MINIMUM = ['--insecure', '--data', '/d'];

describe('the configuration', () => {
  it('has defaults for all but the data folder and the consent to be insecure', () => {
    expect(readConfig(MINIMUM, {})).toEqual({
      dataFolder: '/d',
      host: '127.0.0.1',
      port: 2113,
      httpPort: 0,
      slowSubscribers: 'catch-up',
    });
  });

  it('takes the environment, and the flag before it', () => {
    const environment = { EVENTSTORE_NODE_INSECURE: 'true', EVENTSTORE_NODE_DATA: '/e', EVENTSTORE_NODE_PORT: '5' };
    expect(readConfig(['--port', '6'], environment)).toMatchObject({ dataFolder: '/e', port: 6 });
  });

  it.each([
    [['--data', '/d'], /--insecure/u],
    [[...MINIMUM, '--tls-certificate', '/c'], /exclude/u],
    [['--tls-certificate', '/no/c', '--tls-private-key', '/no/k', '--data', '/d'], /cannot read \/no\/c/u],
    [['--insecure'], /--data/u],
    [[...MINIMUM, '--host', '0.0.0.0'], /loopback/u],
    [[...MINIMUM, '--port', 'x'], /--port/u],
    [[...MINIMUM, '--slow-subscribers', 'x'], /--slow-subscribers/u],
    [[...MINIMUM, '--nonsense'], /nonsense/u],
  ])('refuses %j with one sentence', (args, message) => {
    expect(() => readConfig(args, {})).toThrow(message);
  });
});

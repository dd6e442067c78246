import { isForbiddenHost } from './address.ts';

/** As `URL` gives the host of what somebody writes. */
const hostOf = (host: string): string => new URL(`https://${host}/`).hostname;

describe('a host that no cluster has', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '0xA9FEA9FE',
    '2852039166',
    '[fe80::1]',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
    'instance-data',
  ])('%s', (host) => {
    expect(isForbiddenHost(hostOf(host))).toBe(true);
  });
});

describe('a host that a cluster may have', () => {
  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '192.168.1.1',
    '[::1]',
    '[fd00::1]',
    '168.63.129.17',
    'cluster.example',
    'metadata.example',
  ])('%s', (host) => {
    expect(isForbiddenHost(hostOf(host))).toBe(false);
  });
});

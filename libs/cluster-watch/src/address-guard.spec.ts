import { isForbiddenAddress, isForbiddenHost } from './address-guard.ts';

describe('addresses that are never connected to', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '::ffff:169.254.169.254',
    '[::ffff:a9fe:a9fe]',
    '64:ff9b::169.254.169.254',
    '2002:a9fe:a9fe::1',
    'fe80::1',
    'fe80::1%eth0',
    '[febf::1]',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
  ])('%s is link-local or a metadata service', (address) => {
    expect(isForbiddenAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '192.168.1.1',
    '169.253.1.1',
    'fec0::1',
    '100.100.100.201',
    'cluster.example',
  ])('%s is allowed', (address) => {
    expect(isForbiddenHost(address)).toBe(false);
  });

  it('knows the names that lead to a metadata service', () => {
    expect(isForbiddenHost('metadata.google.internal')).toBe(true);
    expect(isForbiddenHost('Metadata.Google.Internal.')).toBe(true);
  });
});

import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Addresses at which clouds hand out credentials to whoever asks from inside, and the link-local ranges they live in. A cluster is never
 * there; a kubeconfig that says so is an attempt to make this process ask (server-side request forgery).
 */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');
// The same IPv4 addresses, translated: mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
forbidden.addSubnet('::ffff:169.254.0.0', 112, 'ipv6');
forbidden.addAddress('::ffff:100.100.100.200', 'ipv6');
forbidden.addAddress('::ffff:168.63.129.16', 'ipv6');
forbidden.addAddress('::ffff:192.0.0.192', 'ipv6');
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
forbidden.addSubnet('2002:a9fe::', 32, 'ipv6');

const FORBIDDEN_NAMES = new Set(['metadata', 'metadata.google.internal', 'instance-data']);

/** Takes an IP address, with or without brackets and zone; false for names. */
export function isForbiddenAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const version = isIP(bare);
  return version !== 0 && forbidden.check(bare, version === 6 ? 'ipv6' : 'ipv4');
}

/** A host as a URL has it: an address in a forbidden range, or a name known to lead to one. */
export const isForbiddenHost = (host: string): boolean =>
  isForbiddenAddress(host) || FORBIDDEN_NAMES.has(host.toLowerCase().replace(/\.$/, ''));

/** The code of the error that {@link guardedLookup} gives for a name that leads to a forbidden address. */
export const ADDRESS_NOT_ALLOWED = 'ADDRESS_NOT_ALLOWED';

/** The system's resolver, but a name that leads to any forbidden address leads nowhere. The check is on what is connected to. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isForbiddenAddress(address))) {
      callback(
        Object.assign(new Error(`${hostname} leads to an address that is not allowed`), { code: ADDRESS_NOT_ALLOWED }),
        '',
        0,
      );
      return;
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

import { BlockList, isIP } from 'node:net';

/** Addresses that belong to the machine's own network or to a cloud's metadata service, never to a cluster (RFC 3927, RFC 4291; AWS, GCP, Azure, Alibaba, Oracle). */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
FORBIDDEN.addAddress('192.0.0.192', 'ipv4');
FORBIDDEN.addAddress('168.63.129.16', 'ipv4');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');

const METADATA_NAMES = new Set(['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data']);

/** Whether a host, as a URL gives it, is link-local or a metadata service. Names are checked again once they are resolved, by whoever connects. */
export function isForbiddenHost(host: string): boolean {
  const bare = host
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '');
  const family = isIP(bare);
  if (family === 0) return METADATA_NAMES.has(bare);
  return FORBIDDEN.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createAuthority, issueCertificate, type KeyType } from '../src/index.ts';

const notAfter = new Date(Date.now() + 86_400_000);

it.each<[KeyType, string]>([
  ['ecdsa', 'ec'],
  ['rsa', 'rsa'],
])('an authority of %s keys signs certificates of such keys, which lead to it', async (keyType, asymmetricKeyType) => {
  const authority = await createAuthority({ name: 'an authority', notAfter, keyType });
  const options = {
    name: 'a node',
    serverNames: ['event-store', 'localhost', '127.0.0.1'],
    alsoClient: true,
    notAfter,
  };
  const { certPem, keyPem } = await issueCertificate(authority, options);
  const [ours, theirs] = [new X509Certificate(certPem), new X509Certificate(authority.certPem)];
  expect(ours.verify(theirs.publicKey)).toBe(true);
  expect(ours.checkIssued(theirs)).toBe(true);
  expect(ours.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  expect([ours.publicKey.asymmetricKeyType, theirs.publicKey.asymmetricKeyType]).toEqual([
    asymmetricKeyType,
    asymmetricKeyType,
  ]);
  expect([ours.checkHost('event-store'), ours.checkIP('127.0.0.1'), ours.checkHost('elsewhere')]).toEqual([
    'event-store',
    '127.0.0.1',
    undefined,
  ]);
  // Of servers and of clients (RFC 5280, 4.2.1.12).
  expect(ours.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
});

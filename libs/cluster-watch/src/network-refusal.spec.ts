import { refusalOfError } from './network-refusal.ts';

const errorOf = (code: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more });

/** As OpenSSL 3 words it, by way of Node. */
const openssl = (reason: string, more = ''): string =>
  `405D4EAEC97F0000:error:0A00010B:SSL routines:tls_validate_record_header:${reason}:../deps/openssl/openssl/ssl/record/methods/tlsany_meth.c:77:${more}\n`;
const ADVICE = '; if the root CA is installed locally, try running Node.js with --use-system-ca';

const NO_TLS = 'The server does not speak TLS: what it answered is no TLS handshake';
const UNKNOWN = "The server's certificate is signed by an authority that this connection does not trust";

describe('what a failed connection means', () => {
  it.each<[string, string, string]>([
    ['ERR_SSL_WRONG_VERSION_NUMBER', openssl('wrong version number'), `not-kubernetes: ${NO_TLS}`],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', openssl('packet length too long'), `not-kubernetes: ${NO_TLS}`],
    ['EPROTO', `write EPROTO ${openssl('wrong version number')}`, `network: ${NO_TLS}`],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', `unable to verify the first certificate${ADVICE}`, `tls-untrusted: ${UNKNOWN}`],
    [
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      `unable to get local issuer certificate${ADVICE}`,
      `tls-untrusted: ${UNKNOWN}`,
    ],
    ['SELF_SIGNED_CERT_IN_CHAIN', `self-signed certificate in certificate chain${ADVICE}`, `tls-untrusted: ${UNKNOWN}`],
    [
      ...(['DEPTH_ZERO_SELF_SIGNED_CERT', `self-signed certificate${ADVICE}`] as const),
      "tls-untrusted: The server's certificate is signed by itself, and this connection does not trust it",
    ],
    [
      ...(['CERT_HAS_EXPIRED', 'certificate has expired'] as const),
      "tls-expired: The server's certificate, or that of its authority, has expired",
    ],
    [
      ...(['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', openssl('tlsv1 alert no application protocol')] as const),
      'http2-unsupported: The server does not offer HTTP/2',
    ],
    [
      ...([
        'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
        openssl('certificate required', 'SSL alert number 116'),
      ] as const),
      'tls-client-certificate: The TLS handshake failed (certificate required)',
    ],
    [
      ...([
        'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
        'error:05800074:x509 certificate routines::key values mismatch',
      ] as const),
      'credential-unusable: The certificate, key or authority given cannot be used (key values mismatch)',
    ],
    [
      ...(['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:6443'] as const),
      'connection-refused: Nothing accepts connections at this address (connect ECONNREFUSED 127.0.0.1:6443)',
    ],
  ])('is said in words of our own: %s', (code, message, said) => {
    const refusal = refusalOfError(errorOf(code, message));
    expect(`${refusal.reason}: ${refusal.message}`).toBe(said);
  });

  it('names the name that was asked for and those that the certificate is for, which may be very many', () => {
    const mismatch = (subjectaltname: string) =>
      refusalOfError(
        errorOf('ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames: …", {
          ...{ host: 'elsewhere.example', cert: { subjectaltname } },
        }),
      );
    expect(mismatch('DNS:localhost, IP Address:127.0.0.1')).toMatchObject({
      reason: 'tls-name-mismatch',
      message: "The server's certificate is not made for elsewhere.example; it names localhost, 127.0.0.1",
    });
    expect(mismatch('DNS:a.example, '.repeat(1_000)).message.length).toBeLessThan(300);
    expect(refusalOfError(errorOf('ERR_TLS_CERT_ALTNAME_INVALID', '')).message).toBe(
      "The server's certificate is made for another name",
    );
  });

  it('of an unknown error is what it says, without what only those who run the program could use', () => {
    const said = (message: string, code = 'ESTRANGE'): string => refusalOfError(errorOf(code, message)).message;
    expect(said(openssl('something new'), 'ERR_SSL_SOMETHING_NEW')).toBe('The TLS handshake failed (something new)');
    expect(said(`something new${ADVICE}`)).toBe('something new');
    expect(said('node 7 broke at 0x7ffd12 in /usr/lib/node/tls.js:12:3 twice')).toBe('node 7 broke at in twice');
    expect(said('see file:///srv/app/x.js:1 or ../deps/y.c:2 now')).toBe('see or now');
    expect(said('no answer from https://c.example:6443/base/path')).toBe(
      'no answer from https://c.example:6443/base/path',
    );
    expect(said('connect EHOSTUNREACH 10.0.0.1:6443')).toBe('connect EHOSTUNREACH 10.0.0.1:6443');
    expect(said('x'.repeat(10_000)).length).toBeLessThan(510);
    expect(said('')).toBe('ESTRANGE');
    expect(said('', '')).toBe('The connection failed, and nothing was said about why');
  });

  it('is the first failure’s when several addresses were tried', () => {
    const several = new AggregateError([errorOf('CERT_HAS_EXPIRED', 'x'), errorOf('ECONNREFUSED', 'y')]);
    expect(refusalOfError(several).reason).toBe('tls-expired');
  });
});

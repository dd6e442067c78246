const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

const FOR_PAGES = {
  ...EVERYWHERE,
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-frame-options': 'DENY',
};

/** Data is never a page, wherever a browser meets it. */
const FOR_DATA = { ...EVERYWHERE, 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" };

/** Headers that keep a browser from doing with an answer what it is not for. */
export const securityHeaders = (kind: 'page' | 'data'): Readonly<Record<string, string>> =>
  kind === 'page' ? FOR_PAGES : FOR_DATA;

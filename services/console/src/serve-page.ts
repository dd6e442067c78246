import type { FastifyInstance } from 'fastify';
import { codingFor, isUnchanged } from './negotiation.ts';
import type { PageFile } from './page-files.ts';

/**
 * Everything the page needs comes from its own origin, and nothing in it is inline. `form-action` is closed because forms
 * are sent by the script only, and `frame-ancestors` because nobody may lay this page under another.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** What marks a route as no part of the API; the member's type comes with a plugin that only the host knows. */
const UNDECLARED: object = { hide: true };

/** One route per file of the page, GET and HEAD; any other path is the host's 404. */
export function servePage(http: FastifyInstance, files: readonly PageFile[]): void {
  for (const file of files) {
    http.get(file.path, { schema: UNDECLARED }, (request, reply) => {
      const coding = codingFor(request.headers['accept-encoding']);
      const etag = file.etags[coding];
      void reply.headers({ ...SECURITY_HEADERS, 'cache-control': file.cacheControl, etag, vary: 'accept-encoding' });
      if (isUnchanged(request.headers['if-none-match'], etag)) return reply.status(304).send();
      if (coding !== 'identity') void reply.header('content-encoding', coding);
      return reply.type(file.mediaType).send(file.bodies[coding]);
    });
  }
}

import { KUBECONFIG_BYTES_MAX } from '@mooring/contracts';
import type { FastifyInstance } from 'fastify';
import { KUBECONFIG_MEDIA_TYPES } from './imports.controller.ts';

/**
 * Takes a kubeconfig as the text it is, whatever of its media types it comes as. Only imports have bodies in this
 * service, so this may replace the parser of JSON.
 */
export function acceptKubeconfigs(http: FastifyInstance): void {
  http.removeContentTypeParser('application/json');
  http.addContentTypeParser(
    KUBECONFIG_MEDIA_TYPES,
    { parseAs: 'string', bodyLimit: KUBECONFIG_BYTES_MAX },
    (_request, body, done) => done(null, body === '' ? undefined : body),
  );
}

import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.ts';
import type { RouteTable } from './route-table.ts';

/** 404 for a path that nothing answers, 405 with `Allow` for one that something answers by another method. */
export function noSuchRoute(request: FastifyRequest, routes: RouteTable): Problem {
  const allowed = routes.allowedMethods(request.url.split('?', 1)[0] ?? '').join(', ');
  if (allowed === '') return new Problem(404, 'no-such-path', 'There is nothing at this path');
  return new Problem(405, 'method-not-allowed', 'This method is not allowed here', {
    detail: `Allowed: ${allowed}.`,
    headers: { allow: allowed },
  });
}

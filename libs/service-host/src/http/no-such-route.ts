import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.ts';
import type { RouteTable } from './route-table.ts';

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

const READS = new Set(['GET', 'HEAD']);

/**
 * Whether nothing answers the request, or only a pattern that another path of the document stands before: `POST /a/:id/:action`
 * would take `POST /a/1/history` although that is a path of its own, with GET alone.
 */
export function isNoRoute(request: FastifyRequest, routes: RouteTable): boolean {
  if (request.is404) return true;
  if (READS.has(request.method)) return false;
  const allowed = routes.allowedMethods(pathOf(request));
  return allowed.length > 0 && !allowed.includes(request.method);
}

/** 404 for a path that nothing answers, 405 with `Allow` for one that something answers by another method. */
export function noSuchRoute(request: FastifyRequest, routes: RouteTable): Problem {
  const allowed = routes.allowedMethods(pathOf(request)).join(', ');
  if (allowed === '') return new Problem(404, 'no-such-path', 'There is nothing at this path');
  return new Problem(405, 'method-not-allowed', 'This method is not allowed here', {
    detail: `Allowed: ${allowed}.`,
    headers: { allow: allowed },
  });
}

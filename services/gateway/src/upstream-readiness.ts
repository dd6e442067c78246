import type { ReadinessContributor, ReadinessReport } from '@mooring/service-host';
import type { Upstream } from './routes.ts';

const TIMEOUT_MS = 1_500;

const isReport = (value: unknown): value is ReadinessReport =>
  typeof value === 'object' && value !== null && 'contributors' in value && Array.isArray(value.contributors);

/** What keeps a service from being ready, in its own words. */
const missing = (report: unknown): string =>
  isReport(report)
    ? report.contributors
        .filter(({ ready }) => !ready)
        .map(({ name, message }) => (message === undefined ? name : `${name}: ${message}`))
        .join('; ')
    : 'not ready';

/** The gateway is ready when all it leads to is. */
export const upstreamReadiness = ({ name, url }: Upstream): ReadinessContributor => ({
  name,
  async check() {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      const report: unknown = await response.json();
      return response.ok ? { ready: true } : { ready: false, message: missing(report) };
    } catch {
      return { ready: false, message: 'does not answer' };
    }
  },
});

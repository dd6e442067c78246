/** RFC 5424 severities by number, with `success` as a second name of 5. Below 6 is for a person; 6 and 7 are audit trail. */
export const SEVERITY_NUMBERS = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notice: 5,
  success: 5,
  informational: 6,
  debug: 7,
} as const;

export type SeverityText = keyof typeof SEVERITY_NUMBERS;

export const SEVERITY_TEXTS = Object.keys(SEVERITY_NUMBERS) as readonly SeverityText[];

/** Whether an event of this severity is meant for a person (and may raise a notification). */
export const isForAPerson = (severitynumber: number): boolean => severitynumber < SEVERITY_NUMBERS.informational;

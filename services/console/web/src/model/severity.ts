import type { Shape, Tone } from './states.ts';

export interface SeverityChoice {
  readonly max: number;
  readonly label: string;
}

export const SEVERITY_CHOICES: readonly SeverityChoice[] = [
  { max: 7, label: 'Everything' },
  { max: 6, label: 'Informational and worse' },
  { max: 5, label: 'Notice and worse' },
  { max: 4, label: 'Warning and worse' },
  { max: 3, label: 'Error and worse' },
  { max: 2, label: 'Critical and worse' },
];

/** RFC 5424 numbers: 3 and below are errors, 4 warns, 5 is for a person to know, 6 and 7 are audit trail. `success` shares 5. */
export const toneOfSeverity = (severitynumber: number, severitytext: string): Tone => {
  if (severitytext === 'success') return 'good';
  if (severitynumber <= 3) return 'bad';
  if (severitynumber === 4) return 'care';
  return severitynumber === 5 ? 'news' : 'quiet';
};

export const shapeOfSeverity = (severitynumber: number): Shape => {
  if (severitynumber <= 3) return 'triangle';
  if (severitynumber === 4) return 'diamond';
  return severitynumber === 5 ? 'dot' : 'ring';
};

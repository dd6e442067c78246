import type { JSX } from 'preact';
import type { Shape, Tone } from '../model/states.ts';

const SHAPES: Readonly<Record<Shape, () => JSX.Element>> = {
  dot: () => <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  half: () => (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor" />
    </>
  ),
  ring: () => <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.75" />,
  slash: () => (
    <g fill="none" stroke="currentColor" stroke-width="1.5">
      <circle cx="6" cy="6" r="4.25" />
      <path d="M3.2 8.8 8.8 3.2" />
    </g>
  ),
  diamond: () => <path d="M6 .9 11.1 6 6 11.1.9 6z" fill="currentColor" />,
  triangle: () => <path d="M6 1.2 11.4 10.6H.6z" fill="currentColor" />,
  question: () => (
    <g fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round">
      <path d="M3.1 3.6a3 2.6 0 1 1 4.2 2.5c-.9.4-1.3.9-1.3 1.7M6 10.6v.05" />
    </g>
  ),
  cross: () => <path d="m2.5 2.5 7 7m0-7-7 7" fill="none" stroke="currentColor" stroke-width="1.75" />,
};

/** A small shape in the colour of a tone. It says nothing to a screen reader: the words beside it do. */
export const Mark = ({ shape, tone }: { shape: Shape; tone: Tone }) => (
  <svg class={`mark tone-${tone}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
    {SHAPES[shape]()}
  </svg>
);

export const Chip = ({ shape, tone, label, title }: { shape: Shape; tone: Tone; label: string; title?: string }) => (
  <span class={`chip tone-${tone}`} title={title}>
    <Mark shape={shape} tone={tone} />
    {label}
  </span>
);

// A time on the page: for people without T and Z, for programs whole. The page says once that it is UTC.

import { html, type Html } from './html.ts'

/** To the second. */
export const instant = (time: Date): Html =>
  html`<time datetime="${time.toISOString()}"
    >${time.toISOString().slice(0, 19).replace('T', ' ')}</time
  >`

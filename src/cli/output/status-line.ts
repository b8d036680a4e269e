// One line at the bottom of a terminal that is redrawn in place, with the other lines above it.

import { stripVTControlCharacters } from 'node:util'
import type { OutputStream } from '../io.ts'

export interface StatusLine {
  /** Writes text that stays, above the status. */
  above(text: string): void
  /** Replaces the status; an empty one removes it. */
  show(text: string): void
}

/** Return to the first column and clear to the end of the line (ECMA-48 EL). */
const CLEAR = '\r\u001B[K'

/** On a stream that is no terminal `show` must not be called with text. */
export const makeStatusLine = (stream: OutputStream): StatusLine => {
  let shown = ''
  const write = (text: string): void => {
    void stream.write(text)
  }
  return {
    above: (text) => write(shown === '' ? text : `${CLEAR}${text}${shown}`),
    show: (text) => {
      // A line that wraps could not be cleared again.
      const next = stripVTControlCharacters(text).slice(0, Math.max(stream.columns - 1, 20))
      if (next !== shown) write(`${CLEAR}${next}`)
      shown = next
    },
  }
}

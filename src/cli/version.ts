// Which clonectl this is.

import { readFileSync } from 'node:fs'

/** From package.json, which lies two levels up both in the sources and in the build. */
export const readVersion = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  return version
}

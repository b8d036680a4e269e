// emulator.json in an emulated basedir: what its programs need to know of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Installation {
  /** `8.0.32-27`. */
  readonly version: string
  readonly versionComment: string
  readonly is84: boolean
  /** Of the real installation. */
  readonly myPrintDefaults: string
}

const fileName = 'emulator.json'

export const installationFile = (basedir: string): string => join(basedir, fileName)

/** Only makeBasedir writes the file. */
export const readInstallation = (basedir: string): Installation =>
  JSON.parse(readFileSync(installationFile(basedir), 'utf8')) as Installation

// The apply step from its first message to its last: srv_start in GreatSQL's srv0start.cc, and
// clone_apply_deltas and rm_if_not_found in arch0apply.cc.
import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { applyDelta } from './apply-delta.ts'
import type { Applying } from './applying.ts'
import { extendTablespaces } from './extend.ts'
import { ProcessEnd } from './process-end.ts'
import { replaceRedo } from './redo.ts'
import { entryPath, ScanFailure, scanTwoLevels, type Entry } from './scan.ts'

/**
 * The deltas are looked at while the directory is being read; with a fault that needs their number
 * or changes their order, they are collected first.
 */
const applyDeltas = (applying: Applying): void => {
  const { fault, log, incrementalDir } = applying
  const entries: Entry[] = []
  const scan = (found: (entry: Entry) => void): void => {
    scanTwoLevels(incrementalDir, '.delta', log.apply, found)
  }
  if (fault.order === 'directory' && !fault.killInTheMiddle) {
    scan((entry) => {
      applyDelta(applying, entry)
    })
    return
  }
  scan((entry) => entries.push(entry))
  if (fault.order !== 'directory') entries.sort((a, b) => (entryPath(a) < entryPath(b) ? -1 : 1))
  if (fault.order === 'reversed') entries.reverse()
  for (const [index, entry] of entries.entries()) {
    if (fault.killInTheMiddle && index >= entries.length / 2) throw new ProcessEnd(1, 'SIGKILL')
    applyDelta(applying, entry)
  }
}

/** A directory that cannot be opened is an error with the operating system's name for it. */
const applyDeltasOrFail = (applying: Applying): void => {
  const { log, incrementalDir } = applying
  try {
    applyDeltas(applying)
  } catch (error) {
    if (!(error instanceof ScanFailure)) throw error
    const os = `Operating system error number ${error.errno} in a file operation.`
    log.server({ level: 'ERROR', code: '012592', text: os })
    log.apply.error(`Apply delta pages in  ${incrementalDir} failed!`)
    throw new ProcessEnd(1)
  }
}

/** rm_if_not_found: this is how DROP TABLE comes about, and a table goes whose delta was unusable. */
const removeUnlisted = ({ settings, log, reached }: Applying): void => {
  for (const suffix of ['.ibd', '.ibu']) {
    const gone: Entry[] = []
    scanTwoLevels(settings.datadir, suffix, log.apply, (entry) => {
      if (!reached.has(entryPath(entry).slice(0, -4))) gone.push(entry)
    })
    for (const entry of gone) unlinkSync(join(settings.datadir, entryPath(entry)))
  }
}

/** Brings the data directory to the increment's state. @throws ProcessEnd wherever it ends early. */
export const applyIncrement = (applying: Applying, is84: boolean): void => {
  const { log, incrementalDir, sameDirectory } = applying
  log.apply.info(`Apply delta pages in  ${incrementalDir} start`)
  applyDeltasOrFail(applying)
  removeUnlisted(applying)
  log.apply.info(`Apply delta pages in  ${incrementalDir} complete!`)
  extendTablespaces(applying)
  if (!sameDirectory) replaceRedo(applying, is84)
}

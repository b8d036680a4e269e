// One delta file: clone_apply_delta of GreatSQL's arch0apply.cc. Whatever goes wrong is logged, and
// the server goes on with the next one.
import { accessSync, constants, existsSync, readFileSync, statSync, unlinkSync } from 'node:fs'
import { metaName } from '../formats/backup-names.ts'
import { parseMeta, type DeltaMeta } from '../formats/meta.ts'
import { shown, type Applying } from './applying.ts'
import { writeDeltaPages } from './delta-pages.ts'
import { entryPath, type Entry } from './scan.ts'
import { openTarget, wantedBy } from './target.ts'

/** UNIV_PAGE_SIZE_SHIFT_MAX is 16: pages of 64 KiB. */
const isPageSize = (size: number): boolean => {
  const shift = Math.log2(size)
  return Number.isInteger(shift) && shift >= 10 && shift <= 16
}

/** `undefined`: it lacks a line that must be there. No file at all is taken for an empty one. */
const readMeta = ({ log }: Applying, path: string): DeltaMeta | undefined => {
  // Meta files for incremental deltas are optional, says arch0apply.cc.
  if (!existsSync(path)) return parseMeta('')
  const meta = parseMeta(readFileSync(path, 'latin1'))
  if (meta.pageSize === undefined) log.apply.error(`page_size is required in ${path}`)
  const noId = meta.spaceId === undefined || meta.spaceId === 0xffffffff
  if (noId) log.apply.error(`invalid space_id in ${path}`)
  return noId || meta.pageSize === undefined ? undefined : meta
}

/** It is opened for reading and writing, although it is only read: an increment must be writable. */
const canBeOpened = ({ log }: Applying, source: string): boolean => {
  try {
    accessSync(source, constants.R_OK | constants.W_OK)
    return true
  } catch {
    const text = 'Operating system error number 13 in a file operation.'
    log.server({ level: 'ERROR', code: '012592', text })
    log.apply.error(`cannot open ${source}`)
    return false
  }
}

const withoutDelta = (name: string): string => name.replace(/\.delta\d*$/, '')

/** Undefined when the delta is done with, else the target's path as the failure names it. */
const apply = (applying: Applying, entry: Entry, source: string): string | undefined => {
  const { log, settings } = applying
  const base: Entry = { ...entry, name: withoutDelta(entry.name) }
  // The data directory's own spelling ends in a slash, and another one is put behind it.
  const early = `${settings.datadir}//${entryPath(base)}`
  const metaPath = metaName(withoutDelta(source))
  const meta = readMeta(applying, metaPath)
  if (meta === undefined) return early
  const pageSize = meta.pageSize ?? -1
  log.apply.info(`page size for ${source} is ${pageSize} bytes`)
  if (!isPageSize(pageSize)) {
    log.apply.error(`invalid value of page_size ( ${pageSize} bytes) read from ${metaPath}`)
    return early
  }
  if (!canBeOpened(applying, source)) return early
  const path = openTarget(applying, wantedBy(base, meta))
  const target = shown(entryPath(base))
  if (path === undefined) {
    log.apply.error(`cannot open ${target}`)
    return target
  }
  if (statSync(source).size > 0) writePages(applying, { entry, source, target, pageSize })
  if (applying.sameDirectory) for (const file of [source, metaPath]) unlinkSync(file)
  return undefined
}

const writePages = (
  applying: Applying,
  files: { readonly entry: Entry; source: string; target: string; pageSize: number },
): void => {
  const { log, fault } = applying
  const name = entryPath(files.entry)
  log.apply.info(`Applying  ${files.source} to ${files.target}`)
  if (fault.skipped.has(name)) return
  const spoil = fault.spoiled.has(name)
  if (writeDeltaPages(applying, { ...files, spoil })) return
  log.apply.warn(`${files.source} is not valid .delta file.`)
}

/** Applies one delta file, or logs why not. @throws ProcessEnd where mysqld exits or crashes. */
export const applyDelta = (applying: Applying, entry: Entry): void => {
  const { log, incrementalDir } = applying
  const source = `${incrementalDir}/${entryPath(entry)}`
  const target = apply(applying, entry, source)
  if (target === undefined) return
  log.apply.error(`clone_apply_delta(): failed to apply ${source} to ${target}`)
}

// Preloaded into a clonectl process (NODE_OPTIONS=--import): sends the process a signal, usually
// SIGKILL, just before or just after one chosen change of a directory. clonectl knows nothing of it.
// The environment says what to do: CLONECTL_KILL_LIST is a file that gets the name of every such
// point, CLONECTL_KILL_PLAN the signals to send, as JSON (KillPlan in killing.ts).
import fs, { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const { CLONECTL_KILL_LIST: listFile, CLONECTL_KILL_PLAN: plan = '[]' } = process.env
const orders = JSON.parse(plan)
const passed = new Set()

/** A path without what differs from run to run: backup ids, random names, the test's directory. */
const plain = (path) =>
  basename(path)
    .replace(/\.[\da-f]{8}-[\da-f-]{27}\.tmp$/, '.tmp')
    .replace(/^UTC\d{8}T\d{6}\.\d{3}-(full|incr)/, 'ID-$1')

/** A journal's rename is called by the step that it announces. */
const nameOfRename = (from, to) => {
  if (basename(to) === 'run.json') {
    return `journal ${JSON.parse(readFileSync(from, 'utf8')).steps.at(-1).step}`
  }
  // An increment keeps many files in the same way: the first stands for all.
  if (dirname(from).includes('/staging')) return 'keep a file'
  return `rename ${plain(dirname(to)) === 'trash' ? 'trash/' : ''}${plain(to)}`
}

/** The name of a point; undefined for what says nothing of how far a run is. */
const names = {
  rename: nameOfRename,
  link: (from, to) => `link ${plain(to)}`,
  mkdir: (path, options) => (options?.recursive ? undefined : `mkdir ${plain(path)}`),
  rm: (path) =>
    /^(?:data|staging|pagemap|lock\b.*|.*\.clonectl-stage)$/.test(basename(path))
      ? `rm ${plain(path)}`
      : undefined,
}

/** A removal half done. It has no order, so what tells whose the rest is may be the first to go. */
const tear = (directory) => {
  for (const entry of readdirSync(directory)) {
    if (entry.endsWith('.json')) rmSync(join(directory, entry))
  }
}

const obey = (point, when, [path]) => {
  for (const order of orders) {
    if (order.point !== point || order.when !== when) continue
    if (when === 'within') tear(path)
    process.kill(process.pid, order.signal)
    // Not one more step: the kernel may take a moment.
    if (order.signal === 'SIGKILL') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
}

const arrive = (point, args) => {
  if (point === undefined || passed.has(point)) return false
  passed.add(point)
  if (listFile !== undefined) appendFileSync(listFile, `${point}\n`)
  obey(point, 'before', args)
  obey(point, 'within', args)
  return true
}

const watched =
  (operation, nameOf) =>
  async (...args) => {
    const point = nameOf(...args)
    const arrived = arrive(point, args)
    const result = await operation(...args)
    if (arrived) obey(point, 'after', args)
    return result
  }

/** The same for the operations with a callback, which fs-extra uses. */
const watchedCallback =
  (operation, nameOf) =>
  (...args) => {
    const point = nameOf(...args)
    const arrived = arrive(point, args)
    const callback = args.pop()
    operation(...args, (...results) => {
      if (arrived) obey(point, 'after', args)
      callback(...results)
    })
  }

// Worker threads are left alone: nothing they write says how far a run is.
if (isMainThread) {
  for (const [operation, nameOf] of Object.entries(names)) {
    promises[operation] = watched(promises[operation], nameOf)
  }
  fs.rm = watchedCallback(fs.rm, names.rm)
  syncBuiltinESMExports()
}

// The programs of a basedir as single files of JavaScript, so that one starts as fast as Node does:
// an apply is run many times in tests, and loading TypeScript would cost more than the apply.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

interface Bundler {
  buildSync(options: Readonly<Record<string, unknown>>): unknown
}

/** tsx brings esbuild along; it is asked for there, as a package of its own would be one more. */
const loadBundler = (): Bundler => {
  const here = createRequire(import.meta.url)
  return createRequire(here.resolve('tsx'))('esbuild') as Bundler
}

/**
 * Writes `file`, an ES module with everything that `source` imports. `define` replaces names by
 * texts. Packages are left out: a basedir has no node_modules.
 */
export const bundle = (
  source: URL,
  file: string,
  define: Readonly<Record<string, string>> = {},
): void => {
  loadBundler().buildSync({
    entryPoints: [fileURLToPath(source)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    define: Object.fromEntries(
      Object.entries(define).map(([name, text]) => [name, JSON.stringify(text)]),
    ),
  })
}

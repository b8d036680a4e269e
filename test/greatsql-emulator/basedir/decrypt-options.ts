// The command line of mysqldecrypt (client/mysqldecrypt.cc), as far as my_getopt reads it that way:
// `--name=value` and `--name value`, underscores for dashes, switches with true and false.

export interface DecryptOptions {
  readonly decrypt: boolean
  readonly key: string | undefined
  readonly file: string | undefined
  readonly dir: string | undefined
  readonly removeOriginal: boolean
  readonly resultFile: string | undefined
  readonly help: boolean
  /** What is left over. */
  readonly others: readonly string[]
}

const texts: Readonly<Record<string, 'key' | 'file' | 'dir' | 'resultFile'>> = {
  'clone-decrypt-key': 'key',
  'clone-decrypt-file': 'file',
  'clone-decrypt-dir': 'dir',
  'result-file': 'resultFile',
}
const switches: Readonly<Record<string, 'decrypt' | 'removeOriginal' | 'help'>> = {
  'clone-decrypt': 'decrypt',
  'remove-original': 'removeOriginal',
  help: 'help',
}
const short: Readonly<Record<string, string>> = { '-?': '--help', '-r': '--result-file' }

const nothing: DecryptOptions = {
  decrypt: false,
  key: undefined,
  file: undefined,
  dir: undefined,
  removeOriginal: false,
  resultFile: undefined,
  help: false,
  others: [],
}

/** Returns the options, or the name of one that there is none of. */
export const parseDecryptOptions = (args: readonly string[]): DecryptOptions | string => {
  let found = nothing
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ''
    const long = short[arg] ?? arg
    if (!long.startsWith('--')) {
      found = { ...found, others: [...found.others, arg] }
      continue
    }
    const [name = '', value] = long.slice(2).split(/=(.*)/s)
    const plain = name.replaceAll('_', '-')
    const text = texts[plain]
    const flag = switches[plain]
    if (text !== undefined) found = { ...found, [text]: value ?? args[(at += 1)] }
    else if (flag !== undefined)
      found = { ...found, [flag]: !/^(?:0|off|false)$/i.test(value ?? '1') }
    else return arg
  }
  return found
}

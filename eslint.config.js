// What the linter asks of the code: TypeScript's strict rules, the limits of size, and the floors
// of the house (eslint.floors.js). The message of a forbidden import is the reason it is forbidden.
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { rooms } from './eslint.floors.js'

const terminal =
  'only src/cli knows the process it runs in: take what is needed as an argument, tell it to the Reporter, return or throw'

const processParts = ['argv', 'env', 'exit', 'exitCode', 'stderr', 'stdin', 'stdout']

/** Packages and parts of Node that reach outside the program. node:crypto and node:zlib only compute. */
const inputOutput =
  '^(?:node:)?(?:fs|child_process|cluster|dgram|dns|http|http2|https|inspector|net|os|process|readline|repl|tls|worker_threads)(?:/|$)|^(?:fs-extra|mysql2)(?:/|$)'

const mayImport = (below) =>
  below.length === 0 ? 'It may import nothing of src.' : `It may import from: ${below.join(', ')}.`

const floorPatterns = ({ room, duty, below, closed }) => {
  const way = room === 'errors' ? String.raw`\./` : String.raw`(?:\.\./)+`
  const message = `${duty}. ${mayImport(below)}`
  return closed.length === 0 ? [] : [{ regex: `^${way}(?:${closed.join('|')})[/.]`, message }]
}

const purityPatterns = ({ pure, typesOnlyFrom, duty }) => [
  ...(pure ? [{ regex: inputOutput, message: `${duty}.` }] : []),
  ...(typesOnlyFrom === undefined
    ? []
    : [
        {
          regex: String.raw`^(?:\.\./)+(?:${typesOnlyFrom})`,
          allowTypeImports: true,
          message: `${duty}. It may import types from there, nothing that runs.`,
        },
      ]),
]

const packagePatterns = ({ room }) => [
  ...(room === 'mysql'
    ? []
    : [
        {
          regex: '^mysql2(?:/|$)',
          message:
            'only src/mysql uses the driver, so that exact numbers, UTC and errors without SQL text hold everywhere.',
        },
      ]),
  ...(room === 'cli'
    ? []
    : [
        {
          regex: '^(?:yargs|table)(?:/|$)',
          message: 'only src/cli knows the command line and the terminal.',
        },
      ]),
]

const localEnding = {
  regex: String.raw`^\.\.?/.*\.js$`,
  message: 'local imports end in .ts; the build rewrites them.',
}

const restrictedImports = (room) => [
  'error',
  {
    paths:
      room.room === 'cli'
        ? []
        : ['node:process', 'process'].map((name) => ({
            name,
            importNames: processParts,
            message: `${terminal}.`,
          })),
    patterns: [
      ...floorPatterns(room),
      ...purityPatterns(room),
      ...packagePatterns(room),
      localEnding,
    ],
  },
]

const syntaxOfSrc = [
  { selector: 'TSEnumDeclaration', message: 'use a union of strings, or an object `as const`.' },
  {
    selector: 'TSModuleDeclaration[kind="namespace"]',
    message: 'a file is the only module there is.',
  },
  { selector: 'TSParameterProperty', message: 'declare the field, then assign it.' },
  {
    selector: 'ExportDefaultDeclaration',
    message: 'export by name, so that a thing is called the same everywhere.',
  },
]

const lazyImports = {
  selector: String.raw`ImportExpression:not([source.value=/^(\.\u002F|(?!mysql2|yargs|table)[^.])/])`,
  message: 'a lazy import of another room hides from the rules of the floors; only src/cli may.',
}

const anyLazyImport = {
  selector: 'ImportExpression',
  message: 'a pure room is loaded whole: a lazy import hides what it depends on.',
}

const rulesOfRoom = (room) => ({
  files: room.files,
  rules: {
    'no-restricted-imports': restrictedImports(room),
    ...(room.room !== 'cli' && {
      'no-restricted-syntax': ['error', ...syntaxOfSrc, room.pure ? anyLazyImport : lazyImports],
      'no-restricted-properties': [
        'error',
        ...processParts.map((property) => ({
          object: 'process',
          property,
          message: `${terminal}.`,
        })),
      ],
    }),
  },
})

/** Rules for what stands in no room, so that a new folder is not a way around the floors. */
const homeless = {
  files: ['src/**/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '',
            message: 'this file stands on no floor: give its room a place in eslint.floors.js.',
          },
        ],
      },
    ],
    'no-restricted-syntax': ['error', ...syntaxOfSrc],
  },
}

const sizeLimits = (lines) => ({
  'max-lines': ['error', { max: lines, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 12],
})

/** The part of ESLint's own recommended set that the compiler and typescript-eslint leave to us. */
const coreRules = {
  'array-callback-return': 'error',
  eqeqeq: 'error',
  'no-async-promise-executor': 'error',
  'no-cond-assign': 'error',
  'no-control-regex': 'error',
  'no-console': 'error',
  'no-debugger': 'error',
  'no-dupe-else-if': 'error',
  'no-duplicate-case': 'error',
  'no-empty': 'error',
  'no-empty-character-class': 'error',
  'no-fallthrough': 'error',
  'no-irregular-whitespace': 'error',
  'no-loss-of-precision': 'error',
  'no-self-assign': 'error',
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-unmodified-loop-condition': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-assignment': 'error',
  'no-useless-catch': 'error',
  'no-useless-escape': 'error',
  'preserve-caught-error': 'error',
  'use-isnan': 'error',
}

const typedRules = {
  // Interfaces are async by contract, whether or not one implementation happens to wait.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unnecessary-condition': [
    'error',
    { allowConstantLoopConditions: 'only-allowed-literals' },
  ],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
  ],
  '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-empty-function': 'off',
  // It would ask for `!`, which is forbidden.
  '@typescript-eslint/non-nullable-type-assertion-style': 'off',
}

const looseRules = {
  'max-lines-per-function': 'off',
  complexity: 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  '@typescript-eslint/unbound-method': 'off',
}

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: { ...coreRules, ...typedRules, ...sizeLimits(300) },
  },
  homeless,
  rooms.map(rulesOfRoom),
  { files: ['test/**', 'bench/**', '*.config.ts'], rules: looseRules },
  { files: ['test/**'], rules: { 'max-lines': ['error', { max: 400 }] } },
  {
    files: ['test/greatsql-emulator/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: String.raw`^(?:\.\./)+(?:src|dist)/`,
              message:
                'the emulator is a second reading of the formats: sharing code with src would hide what both got wrong.',
            },
          ],
        },
      ],
    },
  },
  { files: ['test/bed/**', 'test/demo/**', 'bench/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.{js,cjs,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
)

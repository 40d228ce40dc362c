import { builtinModules } from 'node:module'
import { describe, expect, it } from 'vitest'
import { isNeutral, neutralPackages, packageOf } from '../arrows.ts'
import { syntaxOf } from '../syntax.ts'
import { read, sourcesBelow } from '../tree.ts'

type Config = {
  readonly extends?: string
  readonly compilerOptions: Record<string, unknown>
  readonly exclude?: readonly string[]
}

const configAt = (path: string): Config => JSON.parse(read(path))

const neutral = sourcesBelow('packages').filter(({ path }) => isNeutral(path))
const nodeNames = new Set(['process', 'Buffer', 'global', 'require', '__dirname', '__filename', 'setImmediate'])

describe('sources that run without Node', () => {
  it('import no module of Node', () => {
    const found = neutral.flatMap((file) =>
      syntaxOf(file)
        .imports.filter(
          ({ specifier }) => specifier.startsWith('node:') || builtinModules.includes(packageOf(specifier)),
        )
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    )
    expect(found).toEqual([])
  })

  it('use no global of Node', () => {
    const found = neutral.flatMap((file) =>
      syntaxOf(file)
        .names.filter(({ text }) => nodeNames.has(text))
        .map(({ text, line }) => `${file.path}:${line} uses ${text}`),
    )
    expect(found).toEqual([])
  })

  it.each(neutralPackages)('compile without ambient types: %s', (name) => {
    const own = configAt(`packages/${name}/tsconfig.json`)
    expect(own.extends).toBe('../../tsconfig.neutral.json')
    expect(Object.keys(own.compilerOptions).toSorted()).toEqual(['outDir', 'rootDir', 'tsBuildInfoFile'])
    // Only the Node face of a package may be left to another configuration.
    expect((own.exclude ?? []).filter((path) => !/^src\/node(?:\.ts)?$/.test(path))).toEqual([])
  })

  it('have the web for a platform', () => {
    const { compilerOptions } = configAt('tsconfig.neutral.json')
    expect(compilerOptions['types']).toEqual([])
    expect(compilerOptions['lib']).toEqual(['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable', 'ESNext.Disposable'])
  })
})

it('the compiler is as strict as the house', () => {
  const { compilerOptions } = configAt('tsconfig.base.json')
  expect(compilerOptions).toMatchObject({
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
  })
  expect(configAt('tsconfig.neutral.json').compilerOptions['isolatedDeclarations']).toBe(true)
})

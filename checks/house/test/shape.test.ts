import { describe, expect, it } from 'vitest'
import { budgets, fileLimit, functionLimit, longFiles, longFunctions } from '../budgets.ts'
import { syntaxOf } from '../syntax.ts'
import { filesBelow, type SourceFile, sourcesBelow, workspacesIn } from '../tree.ts'

const isSource = ({ path }: SourceFile): boolean => /^(?:packages|apps)\/[^/]+\/src\//.test(path)
const isTest = ({ path }: SourceFile): boolean => /(?:^|\/)(?:test|checks)\//.test(path) || path.endsWith('.test.ts')
const linesOf = ({ text }: SourceFile): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

const written = ['packages', 'apps', 'tools'].flatMap(sourcesBelow)
const sources = written.filter(isSource)
const inPackages = sources.filter(({ path }) => path.startsWith('packages/'))

describe('budgets', () => {
  const rows = workspacesIn('packages').map(({ path }) => {
    const name = path.slice('packages/'.length)
    const lines = inPackages
      .filter((file) => file.path.startsWith(`${path}/`))
      .reduce((sum, file) => sum + linesOf(file), 0)
    return { name, lines, budget: budgets[name] }
  })

  it('are printed', () => {
    const table = rows.map(({ name, lines, budget }) => {
      const share = budget
        ? `planned ${String(budget.planned).padStart(5)}, at most ${String(budget.most).padStart(5)}`
        : ''
      return `${name.padEnd(12)}${String(lines).padStart(6)} ${share}`
    })
    console.log(`Lines of source per package\n${table.join('\n')}`)
    expect(rows.length).toBeGreaterThan(0)
  })

  it('have a reason where they were raised', () => {
    const silent = Object.entries(budgets).filter(([, { planned, most, reason }]) => most > planned && !reason)
    expect(silent).toEqual([])
  })

  it.each(rows.filter(({ budget }) => budget))('$name stays within its own', ({ lines, budget }) => {
    expect(lines).toBeLessThanOrEqual(budget?.most ?? 0)
  })
})

describe('sizes', () => {
  it(`no file is longer than ${fileLimit} lines without a reason`, () => {
    const long = inPackages.filter((file) => linesOf(file) > fileLimit && !longFiles[file.path])
    expect(long.map((file) => `${file.path} has ${linesOf(file)} lines`)).toEqual([])
  })

  it(`no function is longer than ${functionLimit} lines without a reason`, () => {
    const long = inPackages.flatMap((file) =>
      longFunctions[file.path] ? [] : syntaxOf(file).functions.filter(({ lines }) => lines > functionLimit),
    )
    expect(long.map(({ text, line, lines }) => `${text}:${line} has ${lines} lines`)).toEqual([])
  })

  const fileAt = (path: string): SourceFile | undefined => inPackages.find((file) => file.path === path)

  it.each(Object.keys(longFiles))('%s still needs its exception from the length of files', (path) => {
    const file = fileAt(path)
    expect(file ? linesOf(file) : 0).toBeGreaterThan(fileLimit)
  })

  it.each(Object.keys(longFunctions))('%s still needs its exception from the length of functions', (path) => {
    const file = fileAt(path)
    const lengths = file ? syntaxOf(file).functions.map(({ lines }) => lines) : []
    expect(Math.max(0, ...lengths)).toBeGreaterThan(functionLimit)
  })
})

describe('names', () => {
  it('exports are listed one by one, none is the default', () => {
    const loose = sources.flatMap((file) =>
      syntaxOf(file).looseExports.map(({ text, line }) => `${file.path}:${line} ${text}`),
    )
    expect(loose).toEqual([])
  })

  it('files are kebab-case nouns', () => {
    const odd = sources.filter(
      ({ path }) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.gen)?\.ts$/.test(path.slice(path.lastIndexOf('/') + 1)),
    )
    const empty = sources.filter(({ path }) => /\/(?:utils?|helpers?|common|misc|manager|base)\.ts$/.test(path))
    expect([...odd, ...empty].map(({ path }) => path)).toEqual([])
  })
})

it('every export says what it is', () => {
  const declaration =
    /^export (?:declare )?(?:async )?(?:abstract )?(?:const|function|class|type|interface)\*? ([\w$]+)/
  const silent = inPackages.flatMap(({ path, text }) => {
    const lines = text.split('\n')
    return lines.flatMap((line, at) => {
      const name = declaration.exec(line)?.[1]
      const before = lines[at - 1] ?? ''
      // An overload is documented where its first signature stands.
      const isTold = before.trimEnd().endsWith('*/') || declaration.exec(before)?.[1] === name
      return name !== undefined && !isTold ? [`${path}:${at + 1} ${name}`] : []
    })
  })
  expect(silent).toEqual([])
})

it('versions of the protocol are named in revisions/ and in tests only', () => {
  const dated = written
    .filter((file) => !isTest(file) && !/\/revisions\//.test(file.path))
    .flatMap((file) =>
      syntaxOf(file)
        .literals.filter(({ text }) => /\b20\d\d-\d\d-\d\d\b/.test(text) && !text.includes('revisions/'))
        .map(({ text, line }) => `${file.path}:${line} '${text}'`),
    )
  expect(dated).toEqual([])
})

describe('the repository names no machine', () => {
  const isLock = ({ path }: SourceFile): boolean => path === 'pnpm-lock.yaml'
  const everything = filesBelow('')
  const linesMatching = (files: SourceFile[], pattern: RegExp): string[] =>
    files.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1} ${line.trim().slice(0, 80)}`] : [])),
    )

  it('by a path', () => {
    // Written so that the pattern does not find itself.
    const machine = /\/(?:work|farm|root)\/|[/]bash_jobs/
    expect(
      linesMatching(
        everything.filter((file) => !isLock(file)),
        machine,
      ),
    ).toEqual([])
  })

  it('by a registry', () => {
    const settings = everything.filter(({ path }) => /(?:\.(?:json|ya?ml|npmrc|mjs)|\.ci\/run)$/.test(path))
    expect(linesMatching(settings, /https?:\/\/[^\s"']*(?:registry|npmjs|npmmirror|artifactory)/)).toEqual([])
    expect(linesMatching(settings.filter(isLock), /^\s*(?:tarball|resolved):|https?:\/\//)).toEqual([])
  })
})

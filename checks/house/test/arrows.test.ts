import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { arrows, packageOf, sdks, sdkWorkspaces } from '../arrows.ts'
import { syntaxOf } from '../syntax.ts'
import { exists, namedBy, shippedBy, sourcesBelow, type Workspace, workspacesIn } from '../tree.ts'

const scope = '@parley/'
const packages = workspacesIn('packages')
const apps = workspacesIn('apps')
const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name)
const isRelative = (specifier: string): boolean => specifier.startsWith('.')
// What a package names by its own manifest: one file or another of its own, by the platform.
const isInner = (specifier: string): boolean => specifier.startsWith('#')

const importsOf = ({ path }: Workspace) =>
  sourcesBelow(`${path}/src`).flatMap((file) =>
    syntaxOf(file).imports.map((found) => ({ ...found, from: file.path, name: packageOf(found.specifier) })),
  )

const foreignImportsOf = (workspace: Workspace) =>
  importsOf(workspace).filter(
    ({ specifier, name }) => !isRelative(specifier) && !isInner(specifier) && !isBuiltin(name),
  )

const allowedFor = ({ path }: Workspace): string[] => {
  const arrow = arrows[path.slice('packages/'.length)]
  return arrow ? [...arrow.ours.map((name) => scope + name), ...arrow.others] : []
}

/** The specifiers under which a workspace's exports can be imported. */
const publicNames = new Set(
  packages.flatMap(({ manifest }) => Object.keys(manifest.exports ?? {}).map((key) => posix.join(manifest.name, key))),
)

it.each(packages)('$path stands in the table of arrows', ({ path }) => {
  expect(Object.keys(arrows)).toContain(path.slice('packages/'.length))
})

describe.each(packages)('$path', (workspace) => {
  const allowed = allowedFor(workspace)

  it('depends on nothing that the table forbids', () => {
    expect(shippedBy(workspace.manifest).filter((name) => !allowed.includes(name))).toEqual([])
  })

  it('has no sibling as a dev dependency that the table forbids', () => {
    const siblings = namedBy(workspace.manifest).filter((name) => name.startsWith(scope))
    expect(siblings.filter((name) => !allowed.includes(name))).toEqual([])
  })

  it('imports nothing that the table forbids', () => {
    const forbidden = foreignImportsOf(workspace).filter(({ name }) => !allowed.includes(name))
    expect(forbidden.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([])
  })
})

describe.each([...packages, ...apps])('$path', (workspace) => {
  it('declares what it imports, and imports what it declares', () => {
    const used = new Set(foreignImportsOf(workspace).map(({ name }) => name))
    expect(shippedBy(workspace.manifest).toSorted()).toEqual([...used].toSorted())
  })

  it('reaches its siblings by their public names only', () => {
    const hidden = importsOf(workspace).filter(
      ({ specifier }) => specifier.startsWith(scope) && !publicNames.has(specifier),
    )
    expect(hidden.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([])
  })

  it('keeps its relative imports inside its own sources, by their full names', () => {
    const stray = importsOf(workspace).filter(({ specifier, from }) => {
      const target = posix.join(posix.dirname(from), specifier)
      return isRelative(specifier) && !(target.startsWith(`${workspace.path}/src/`) && exists(target))
    })
    expect(stray.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([])
  })
})

it('loads ajv behind the subpath core/ajv only', () => {
  const files = new Map(sourcesBelow('packages/core/src').map((file) => [file.path, file]))
  const reached = new Set<string>()
  const follow = (path: string): string[] => {
    const file = files.get(path)
    if (!file || reached.has(path)) return []
    reached.add(path)
    return syntaxOf(file)
      .imports.filter(({ kind }) => kind === 'static')
      .flatMap(({ specifier }) =>
        isRelative(specifier) ? follow(posix.join(posix.dirname(path), specifier)) : [`${path} imports ${specifier}`],
      )
  }
  expect(follow('packages/core/src/index.ts')).toEqual([])
})

describe('MCP SDKs', () => {
  const isSdk = (name: string): boolean => sdks.some((sdk) => (sdk.endsWith('/') ? name.startsWith(sdk) : name === sdk))
  const others = (['packages', 'apps', 'checks', 'tools'] as const)
    .flatMap(workspacesIn)
    .filter(({ path }) => !sdkWorkspaces.includes(path))

  it.each(others)('$path names none', (workspace) => {
    const imported = sourcesBelow(workspace.path).flatMap((file) =>
      syntaxOf(file).imports.map(({ specifier }) => packageOf(specifier)),
    )
    expect([...namedBy(workspace.manifest), ...imported].filter(isSdk)).toEqual([])
  })
})

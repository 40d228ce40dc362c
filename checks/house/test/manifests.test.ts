import { describe, expect, it } from 'vitest'
import { exists, manifestIn, read, workspacesIn } from '../tree.ts'

const root: { readonly packageManager: string; readonly devDependencies: Record<string, string> } = JSON.parse(
  read('package.json'),
)
const packages = workspacesIn('packages')
const published = [...packages, ...workspacesIn('apps')]
const workspaces = [...published, ...workspacesIn('checks'), ...workspacesIn('tools')]

it('one pnpm is pinned', () => {
  expect(root.packageManager).toBe(`pnpm@${root.devDependencies['pnpm']}`)
})

it.each(workspaces)('$path runs on the oldest Node of all, as modules', ({ manifest }) => {
  expect(manifest).toMatchObject({ type: 'module', license: 'MIT', engines: { node: '>=20.19' } })
})

it.each(published)('$path can be published and says what it is', ({ path, manifest }) => {
  expect(manifest.private).toBeUndefined()
  expect(manifest).toMatchObject({
    description: expect.stringMatching(/\.$/),
    files: ['dist', 'src', '!dist/**/*.tsbuildinfo'],
    publishConfig: { access: 'public' },
  })
  expect(read(`${path}/README.md`)).toMatch(new RegExp(`^# ${manifest.name}\n`))
})

describe.each(packages)('$path', ({ path, manifest }) => {
  const { './package.json': own, ...faces } = manifest.exports ?? {}

  it('has no side effects, and shows its manifest', () => {
    expect(manifestIn(path)).toMatchObject({ sideEffects: false })
    expect(own).toBe('./package.json')
  })

  it.each(Object.entries(faces))('exports %s from one source, which comes first', (_, face) => {
    const [first, ...rest] = Object.entries(face ?? {})
    const source = String(first?.[1])
    const built = source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '')
    expect(first?.[0]).toBe('@parley/source')
    expect(rest).toEqual([
      ['types', `${built}.d.ts`],
      ['default', `${built}.js`],
    ])
    expect(exists(`${path}/${source}`)).toBe(true)
  })

  it('names for each platform one source and what is built of it', () => {
    for (const { '@parley/source': sources, ...built } of Object.values(manifest.imports ?? {})) {
      // Neutral code is compiled against the neutral one; what is built has no types of its own.
      const byPlatform =
        typeof sources === 'string' ? { default: sources } : (Object(sources) as Record<string, string>)
      const pairs = Object.entries(byPlatform).filter(([key]) => key !== 'types')
      const mirrored = pairs.map(([platform, source]) => [
        platform,
        source.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js'),
      ])
      expect(Object.entries(built)).toEqual(mirrored)
      expect(pairs.map(([, source]) => `${path}/${source}`).filter((source) => !exists(source))).toEqual([])
    }
  })
})

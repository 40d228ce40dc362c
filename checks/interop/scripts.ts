import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The scripts that servers are started from. */
export const scripts = {
  official: here('dist/official-server.js'),
  officialHttp: here('dist/official-http.js'),
  officialV1: here('dist/official-v1-http.js'),
  parley: here('dist/parley-server.js'),
  parleyHttp: here('dist/parley-http.js'),
  leash: here('dist/leash.js'),
  echo: here('../../apps/echo/dist/main.js'),
}

const { resolve } = createRequire(import.meta.url)

/** The script of a server from npm. */
export const serverOf = (name: string): string => resolve(`@modelcontextprotocol/${name}/dist/index.js`)

/** A peer's name with its version, as the manifest pins it. */
export const named = (name: string): string => {
  const manifest = JSON.parse(readFileSync(here('package.json'), 'utf8')) as { devDependencies: Record<string, string> }
  const scoped = `@modelcontextprotocol/${name}`
  return `${scoped} ${manifest.devDependencies[scoped]}`
}

import { expect, it } from 'vitest'
import { versionOf } from '../../../scripts/toolbox.mjs'
import { blocks, text } from '../page.ts'

it('runs every program and command of the page', () => {
  expect([...blocks.keys()]).toEqual([
    'node.js',
    'node',
    'bun.js',
    'bun',
    'deno.js',
    'deno',
    'worker.js',
    'bundle',
    'worker/config.capnp',
    'workerd',
    'stdio.js',
    'deno-stdio',
    'client.js',
  ])
  expect(text.match(/^```\w/gm)).toHaveLength(blocks.size)
})

it('names the versions that are run', () => {
  const [node22, node24, bun, deno, workerd] = (['node22', 'node24', 'bun', 'deno', 'workerd'] as const).map(versionOf)
  expect(
    /^\| {2,}\|(.*)\|$/m
      .exec(text)?.[1]
      ?.split('|')
      .map((cell) => cell.trim()),
  ).toEqual([`Node 20, ${node22}, ${node24}`, `Bun ${bun}`, `Deno ${deno}`, `workerd ${workerd}`])
})

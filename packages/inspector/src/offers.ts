import { canonical, UriTemplate } from '@parley/core'
import type { ResourceTemplate, Tool } from '@parley/core'
import type { Client } from '@parley/client'
import type { Offers, Template, ToolDiff } from './page/api.ts'

/** What a server offers before anything is known of it. */
export const nothingOffered: Offers = { tools: [], prompts: [], resources: [], templates: [], faults: [] }

/** Why something went wrong, as one line of text. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : String(error)

const withVariables = (template: ResourceTemplate): Template => {
  try {
    return { ...template, variables: [...new UriTemplate(template.uriTemplate).variables] }
  } catch {
    return { ...template, variables: [] }
  }
}

/** Reads every list that the server has. Never rejects: a list that fails is empty, and among the faults. */
export const readOffers = async (client: Client): Promise<Offers> => {
  const { tools, prompts, resources } = client.capabilities
  const faults: string[] = []
  const list = async <T>(name: string, isOffered: boolean, read: () => Promise<T[]>): Promise<T[]> => {
    if (!isOffered) return []
    try {
      return await read()
    } catch (error) {
      faults.push(`${name}: ${reasonOf(error)}`)
      return []
    }
  }
  const offered = {
    tools: await list('tools/list', tools !== undefined, () => client.listTools()),
    prompts: await list('prompts/list', prompts !== undefined, () => client.listPrompts()),
    resources: await list('resources/list', resources !== undefined, () => client.listResources()),
    templates: await list('resources/templates/list', resources !== undefined, async () =>
      (await client.listResourceTemplates()).map(withVariables),
    ),
  }
  return { ...offered, faults }
}

const textsByName = (tools: readonly Tool[]): Map<string, string> =>
  new Map(tools.map((tool) => [tool.name, canonical(tool)]))

/** What differs between two tool lists; undefined when nothing does. */
export const diffOf = (before: readonly Tool[], after: readonly Tool[]): ToolDiff | undefined => {
  const old = textsByName(before)
  const now = textsByName(after)
  const added = [...now.keys()].filter((name) => !old.has(name))
  const removed = [...old.keys()].filter((name) => !now.has(name))
  const changed = [...now].flatMap(([name, text]) => (old.has(name) && old.get(name) !== text ? [name] : []))
  return added.length + removed.length + changed.length === 0 ? undefined : { added, removed, changed }
}

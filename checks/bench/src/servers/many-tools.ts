import * as z from 'zod'

/** How many tools a server with many has; from the command line. */
export const count: number = Number(process.argv[2])

/** The name of each. */
export const names: readonly string[] = Array.from({ length: count }, (_each, index) => `tool_${index}`)

/** What a tool says of itself. */
export const describe = (name: string): string => `Does what ${name} is for, with all that this takes.`

const shape = () => ({ a: z.number(), b: z.number(), unit: z.enum(['one', 'two', 'three']).optional() })
type Shape = ReturnType<typeof shape>

/** What a tool takes, for those who make a schema of it themselves. */
export const shapeOf: () => Shape = shape

/** The same as a schema: one of its own for each tool, as in any server. */
export const schemaOf = (): z.ZodObject<Shape> => z.object(shape())

import { randomBytes } from 'node:crypto'

/**
 * Text from a database between marks that nothing in it can forge, for they hold a number that was drawn just now.
 *
 * A model that reads it can tell what the database says from what this server says.
 */
export const dataBlock = (data: string): string => {
  const mark = `data-${randomBytes(6).toString('hex')}`
  return `<${mark}>\n${data.trimEnd()}\n</${mark}>`
}

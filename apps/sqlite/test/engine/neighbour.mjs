// Another program with the same database open: it runs what it is sent, and says when it is done.
import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync(process.argv[2])
process.on('message', ({ sql, loop, close }) => {
  try {
    if (close) db.close()
    else db.exec(sql)
    if (loop)
      setImmediate(function again() {
        db.exec(loop)
        setImmediate(again)
      })
    process.send('done')
  } catch (error) {
    process.send(`failed: ${error.message}`)
  }
})
process.once('disconnect', () => process.exit())
process.send('ready')

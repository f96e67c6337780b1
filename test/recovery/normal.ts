// The control of the power cuts: a file under `synchronous = NORMAL` that tells each commit before the disk has it.
//   node normal.ts FILE
import { DatabaseSync } from 'node:sqlite'
import { readSync, writeSync } from 'node:fs'

writeSync(1, 'ready\n')
readSync(0, Buffer.alloc(1))
const db = new DatabaseSync(process.argv[2] ?? '')
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE told (n INTEGER PRIMARY KEY, text TEXT)')
const insert = db.prepare('INSERT INTO told (text) VALUES (?)')
writeSync(1, 'open\n')
for (;;) writeSync(1, `told ${insert.run('x'.repeat(200)).lastInsertRowid}\n`)

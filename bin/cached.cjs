// bin/cached.cjs
// Runs a CommonJS file with what V8 made of it in an earlier process. Node's own cache has only what was compiled when the file
// was loaded; this one is taken when a command has ended well, and has the functions that the command needs. That is worth 20 ms.
// It lies where Node keeps its own cache, and is left out where Node's is: NODE_DISABLE_COMPILE_CACHE=1.
'use strict'
var fs = require('fs')
var mod = require('module')
var path = require('path')
var vm = require('vm')

/** What was compiled long ago and was not used since is gone from memory, and would be missing. */
var YOUNG_S = 10

/** Answers false where that cannot be done: then the file has to be required. */
module.exports = function runCached(file, command) {
  var folder = mod.getCompileCacheDir()
  var loader = vm.constants && vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  if (!folder || !loader || !/^[a-z]{1,20}$/.test(command)) return false
  var source = fs.readFileSync(file, 'latin1') // it is ASCII
  var id = /^\/\/([0-9a-f]{16})\n/.exec(source)
  if (id === null) return false
  var cache = path.join(folder, 'millrace-' + id[1] + '-' + command)
  var script = compile(source, file, readOwn(cache), loader)
  if (script === null) return false
  if (script.cachedDataRejected !== false)
    process.on('exit', function (status) {
      if (status === 0 && process.uptime() < YOUNG_S) write(cache, script)
    })
  dropWarning('vm.USE_MAIN_CONTEXT_DEFAULT_LOADER ')
  var made = { exports: {} }
  script.runInThisContext().call(made.exports, made.exports, mod.createRequire(file), made, file, path.dirname(file))
  return true
}

function compile(source, file, cachedData, loader) {
  try {
    return new vm.Script(mod.wrap(source), { filename: file, cachedData: cachedData, importModuleDynamically: loader })
  } catch {
    return null
  }
}

/** At the first `import()` Node says that it is an experiment in such a script. Where it ends, the file is required. */
function dropWarning(about) {
  var emitWarning = process.emitWarning
  process.emitWarning = function (warning) {
    if (typeof warning === 'string' && warning.indexOf(about) === 0) process.emitWarning = emitWarning
    else emitWarning.apply(process, arguments)
  }
}

/**
 * Nobody else's: it is code. V8 runs what is damaged, too, so it is there twice: to read and compare the second takes 1 ms, and to
 * load what makes checksums three.
 */
function readOwn(cache) {
  try {
    var fd = fs.openSync(cache, 'r')
    try {
      if (process.getuid && fs.fstatSync(fd).uid !== process.getuid()) return undefined
      var twice = fs.readFileSync(fd)
      var once = twice.subarray(0, twice.length / 2)
      return once.equals(twice.subarray(once.length)) ? once : undefined
    } finally {
      fs.closeSync(fd)
    }
  } catch {
    return undefined
  }
}

/** It appears whole or not at all, whatever happens to the machine. */
function write(cache, script) {
  var part = cache + '.' + process.pid
  try {
    var data = script.createCachedData()
    fs.writeFileSync(part, Buffer.concat([data, data]), { mode: 0o600, flag: 'wx', flush: true })
    fs.renameSync(part, cache)
  } catch {
    fs.rmSync(part, { force: true })
  }
}
